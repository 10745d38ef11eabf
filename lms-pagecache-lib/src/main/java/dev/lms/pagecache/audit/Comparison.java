// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.audit;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What of an answer is different for somebody else. What is different for the same person too, from
 * render to render, such as the time or a random token, is not about anybody and left out.
 */
public final class Comparison {
  private static final int MOST_BEFORE = 40;

  private final Answer here;
  private final Answer there;
  private final Tokens hereBody;
  private final Map<String, String> hereFields;
  private final List<Hunks.Hunk> unsteadyBody = new ArrayList<>();
  private final List<String> unsteadyFields = new ArrayList<>();
  private boolean unsteadyStatus;

  /**
   * A difference.
   *
   * @param place where, in words
   * @param before the text before it, the same for both; empty at the beginning of a line
   * @param here what this person is shown
   * @param there what somebody else is shown
   */
  public record Difference(String place, String before, String here, String there) {}

  /**
   * Compares two answers.
   *
   * @param here the page that would be shared
   * @param there the same page as somebody else gets it
   */
  public Comparison(Answer here, Answer there) {
    this.here = here;
    this.there = there;
    this.hereBody = Tokens.of(here.body());
    this.hereFields = lines(here.fields());
  }

  private static Map<String, String> lines(Fields fields) {
    Map<String, String> lines = new TreeMap<>();
    fields.forEach(
        (name, values) -> lines.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
    return lines;
  }

  /**
   * Learns what changes by itself.
   *
   * @param again the page once more, for the same person
   */
  public void isSteadyIn(Answer again) {
    unsteadyBody.addAll(Hunks.between(hereBody.words(), Tokens.of(again.body()).words()));
    unsteadyStatus |= here.status() != again.status();
    Map<String, String> lines = lines(again.fields());
    hereFields.forEach(
        (name, line) -> {
          if (!line.equals(lines.get(name))) {
            unsteadyFields.add(name);
          }
        });
    lines.keySet().stream()
        .filter(name -> !hereFields.containsKey(name))
        .forEach(unsteadyFields::add);
  }

  /**
   * What is left.
   *
   * @return the differences in the order of the answer
   */
  public List<Difference> differences() {
    List<Difference> differences = new ArrayList<>();
    if (here.status() != there.status() && !unsteadyStatus) {
      differences.add(
          new Difference(
              "the status", "", String.valueOf(here.status()), String.valueOf(there.status())));
    }
    Map<String, String> thereFields = lines(there.fields());
    Map<String, String> names = new TreeMap<>(hereFields);
    names.putAll(thereFields);
    for (String name : names.keySet()) {
      String one = hereFields.getOrDefault(name, "");
      String other = thereFields.getOrDefault(name, "");
      if (!one.equals(other) && !unsteadyFields.contains(name)) {
        differences.add(new Difference("the field " + name, "", one, other));
      }
    }
    Tokens thereBody = Tokens.of(there.body());
    for (Hunks.Hunk hunk :
        Hunks.joined(
            Hunks.between(hereBody.words(), thereBody.words()).stream()
                .filter(hunk -> !hunk.isWithin(unsteadyBody))
                .toList())) {
      differences.add(
          new Difference(
              hereBody.place(hunk.from()),
              before(hunk.from()),
              hereBody.text(hunk.from(), hunk.to()),
              thereBody.text(hunk.otherFrom(), hunk.otherTo())));
    }
    return differences;
  }

  /** The end of the line before it. */
  private String before(int at) {
    String before = hereBody.text(Math.max(0, at - MOST_BEFORE), at);
    String line = before.substring(before.lastIndexOf('\n') + 1);
    return line.substring(Math.max(0, line.length() - MOST_BEFORE));
  }
}
