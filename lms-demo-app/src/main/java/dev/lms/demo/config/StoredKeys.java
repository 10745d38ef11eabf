// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keys that a site keeps for itself, and how far their rotation has come. Immutable.
 *
 * <pre>
 * KEY                   signs
 * generation 3          how often the keys have changed, from 1
 * next KEY              accepted already; signs after the next step
 * former KEY [INSTANT]  signed before; accepted until then
 * </pre>
 *
 * @param generation what a worker has read is told apart by it
 * @param signing the one key that signs
 * @param next the key that is to sign, while workers learn to accept it
 * @param formers keys that have signed, the latest first
 */
public record StoredKeys(
    int generation, String signing, Optional<String> next, List<Former> formers) {
  private static final int SHORTEST = 32;

  /**
   * A key that signs no more.
   *
   * @param until when the last session that it signed has ended; empty while workers may sign with
   *     it
   */
  record Former(String key, Optional<Instant> until) {
    private boolean isAccepted(Instant now) {
      return until.filter(end -> !end.isAfter(now)).isEmpty();
    }
  }

  /** The first key of a site. */
  static StoredKeys first(String key) {
    return new StoredKeys(1, key, Optional.empty(), List.of());
  }

  /** The keys that are accepted besides the one that signs. */
  public List<String> accepted(Instant now) {
    return Stream.concat(
            next.stream(),
            formers.stream().filter(former -> former.isAccepted(now)).map(Former::key))
        .toList();
  }

  /** Whether sessions that this key signed are accepted, or were while they lived. */
  boolean knows(String key) {
    return Stream.concat(
            Stream.concat(Stream.of(signing), next.stream()), formers.stream().map(Former::key))
        .anyMatch(key::equals);
  }

  /** Whether workers may still sign with a former key. */
  boolean hasUndatedFormer() {
    return formers.stream().anyMatch(former -> former.until().isEmpty());
  }

  /** With a key that is accepted and does not sign; without those that have had their time. */
  StoredKeys accepting(String key, Instant now) {
    return new StoredKeys(
        generation + 1,
        signing,
        Optional.of(key),
        formers.stream().filter(former -> former.isAccepted(now)).toList());
  }

  /** With the next key signing. */
  StoredKeys promoted() {
    List<Former> older = new ArrayList<>(List.of(new Former(signing, Optional.empty())));
    older.addAll(formers);
    return new StoredKeys(generation + 1, next.orElseThrow(), Optional.empty(), older);
  }

  /** With an end for former keys that have none. */
  StoredKeys dated(Instant until) {
    return new StoredKeys(
        generation,
        signing,
        next,
        formers.stream()
            .map(former -> new Former(former.key(), former.until().or(() -> Optional.of(until))))
            .toList());
  }

  String toText() {
    StringBuilder text = new StringBuilder(signing).append('\n');
    if (generation > 1) {
      text.append("generation ").append(generation).append('\n');
    }
    next.ifPresent(key -> text.append("next ").append(key).append('\n'));
    for (Former former : formers) {
      text.append("former ").append(former.key());
      former.until().ifPresent(until -> text.append(' ').append(until));
      text.append('\n');
    }
    return text.toString();
  }

  /** The reverse; empty if the text is not whole. */
  static Optional<StoredKeys> fromText(String text) {
    int generation = 1;
    Optional<String> signing = Optional.empty();
    Optional<String> next = Optional.empty();
    List<Former> formers = new ArrayList<>();
    try {
      for (String line : text.lines().toList()) {
        String[] words = line.strip().split(" ", -1);
        switch (words[0]) {
          case "generation" -> generation = Integer.parseInt(words[1]);
          case "next" -> next = Optional.of(key(words[1]));
          case "former" ->
              formers.add(
                  new Former(
                      key(words[1]),
                      words.length > 2 ? Optional.of(Instant.parse(words[2])) : Optional.empty()));
          default -> signing = Optional.of(key(words[0]));
        }
      }
    } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
    int counted = generation;
    Optional<String> following = next;
    return signing.map(key -> new StoredKeys(counted, key, following, List.copyOf(formers)));
  }

  private static String key(String word) {
    if (word.length() < SHORTEST) {
      throw new IllegalArgumentException("too short");
    }
    return word;
  }

  /** Never the keys themselves. */
  @Override
  public String toString() {
    return "StoredKeys[generation " + generation + ", " + formers.size() + " former]";
  }
}
