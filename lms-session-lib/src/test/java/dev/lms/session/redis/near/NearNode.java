// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.Principal;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.SkewedStores;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A program that has copies of sessions and does with them what each line of its input says: {@code
 * ID WHAT TOKEN NOW DEADLINE MORE}, times in milliseconds. Answers {@code ID} and what it saw or
 * whether it was done; {@code ?} where the store does not know.
 */
final class NearNode {
  static final KeyRing KEYS = KeyRing.of("near-copies-of-sessions-are-tested-with-this");
  static final String COUNTER = "n";
  static final String PERSON = "u1";

  /** Roles are named after how often they changed. */
  static final String ROLE = "r";

  static final String READY = "ready";
  private static final int THREADS = 12;
  private static final Changes ONE = new Changes(Map.of(), Set.of(), Map.of(COUNTER, 1L));

  private final RedisSessionStore store;

  private NearNode(RedisSessionStore store) {
    this.store = store;
  }

  /** URL RATE, of its monotonic clock. */
  public static void main(String[] arguments) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    NearNode node =
        new NearNode(
            SkewedStores.open(
                RedisConnections.open(arguments[0], THREADS + 4),
                KEYS,
                Double.parseDouble(arguments[1])));
    System.out.println(READY);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        threads.execute(() -> System.out.println(words[0] + ' ' + node.run(words)));
      }
    }
    System.exit(0);
  }

  /** The first session of {@link #PERSON}. */
  static Envelope envelope(Instant begun, int role) {
    return new Envelope(
        begun,
        Optional.of(begun),
        begun.plus(Duration.ofDays(7)),
        Optional.of(new Principal(PERSON, Set.of(ROLE + role))));
  }

  private String run(String[] words) {
    String token = words[2];
    Instant now = Instant.ofEpochMilli(Long.parseLong(words[3]));
    WriteOptions at = WriteOptions.at(now, Instant.ofEpochMilli(Long.parseLong(words[4])));
    try {
      return switch (words[1]) {
        case "look" -> look(token, now, Integer.parseInt(words[5]));
        case "copy" -> Boolean.toString(copy(token, now));
        case "add" -> update(token, now, ONE, at);
        case "touch" -> update(token, now, Changes.NONE, at);
        case "end" -> Boolean.toString(store.delete(token, live(token, now), now));
        case "end-by-token" -> Boolean.toString(store.delete(token, Optional.empty(), now));
        case "revoke" -> Integer.toString(store.revokeAll(PERSON, Optional.empty(), now));
        case "purge" -> Long.toString(store.purge(now));
        case "sign-in" -> signIn(token, now, Integer.parseInt(words[5]), at);
        case "roles" -> Integer.toString(store.changeRoles(PERSON, Set.of(words[5]), now));
        case "figures" -> store.nearReads().hits() + " " + store.nearReads().waits();
        default -> throw new IllegalArgumentException(words[1]);
      };
    } catch (SessionStoreException e) {
      return "?";
    }
  }

  private Optional<StoredSession> live(String token, Instant now) {
    return store.open(token, now) instanceof Opened.Live live
            && live.session().deadline().isAfter(now)
        ? Optional.of(live.session())
        : Optional.empty();
  }

  private boolean copy(String token, Instant now) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < Duration.ofMillis(500).toNanos()) {
      long hits = store.nearReads().hits();
      store.open(token, now);
      if (store.nearReads().hits() > hits) {
        return true;
      }
    }
    return false;
  }

  private String update(String token, Instant now, Changes changes, WriteOptions at) {
    Optional<StoredSession> session = live(token, now);
    return session.isEmpty() ? "absent" : done(store.update(session.get(), changes, at).token());
  }

  private String signIn(String token, Instant now, int role, WriteOptions at) {
    Optional<StoredSession> session = live(token, now);
    return session.isEmpty()
        ? "absent"
        : store
            .rotate(
                session.get(), envelope(session.get().envelope().created(), role), Changes.NONE, at)
            .token()
            .orElse("gone");
  }

  private static String done(Optional<String> token) {
    return token.isPresent() ? "done" : "gone";
  }

  /**
   * Looks again and again: how often it was there and not, and the least and most that was seen.
   */
  private String look(String token, Instant now, int times) {
    int there = 0;
    int least = Integer.MAX_VALUE;
    int most = -1;
    int leastRole = Integer.MAX_VALUE;
    int mostRole = -1;
    long deadline = 0;
    for (int i = 0; i < times; i++) {
      Optional<StoredSession> found = live(token, now);
      if (found.isPresent()) {
        there++;
        int count = Integer.parseInt(found.get().attributes().getOrDefault(COUNTER, "0"));
        least = Math.min(least, count);
        most = Math.max(most, count);
        String role = found.get().envelope().principal().orElseThrow().roles().iterator().next();
        leastRole = Math.min(leastRole, Integer.parseInt(role.substring(1)));
        mostRole = Math.max(mostRole, Integer.parseInt(role.substring(1)));
        deadline = Math.max(deadline, found.get().deadline().toEpochMilli());
      }
    }
    return there
        + " "
        + (times - there)
        + " "
        + least
        + " "
        + most
        + " "
        + leastRole
        + " "
        + mostRole
        + " "
        + deadline;
  }
}
