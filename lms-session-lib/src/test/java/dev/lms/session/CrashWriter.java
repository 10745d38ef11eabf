// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.contract.Stores;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.jdbc.JdbcSessionStore;
import dev.lms.session.jdbc.TestPool;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A program that changes sessions as fast as it can until it is killed. Says {@code ID ? WHAT}
 * before each step and {@code ID ! WHAT} when the store has acknowledged it.
 */
public final class CrashWriter implements Runnable {
  /** The key of all that it writes. */
  public static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  /** What every clock says. */
  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  public static final Instant SOON = NOW.plusSeconds(1800);

  /** Of all keys in Redis. */
  public static final String PREFIX = "session:";

  /** Behind every line: one without it was cut. */
  static final String END = " .";

  static final String COUNTER = "counter";
  static final List<String> PEOPLE = List.of("ada", "ben", "cleo");

  private final SessionStore store;
  private final String counter;
  private final String name;
  private final Random random;
  private final List<Written> sessions = new ArrayList<>();
  private int begun;

  private CrashWriter(SessionStore store, String counter, String name, Random random) {
    this.store = store;
    this.counter = counter;
    this.name = name;
    this.random = random;
  }

  /** A session this thread has written: its id never changes, its token does. */
  private static final class Written {
    private final String id;
    private String token;
    private int value;

    private Written(String id, String token) {
      this.id = id;
      this.token = token;
    }
  }

  /**
   * What {@link #main} wants.
   *
   * @param where the folder, or the URL of the Redis or the database
   * @param seedAndCounter the latter is the token of a session that all processes count in
   */
  public static String[] arguments(String where, String... seedAndCounter) {
    return new String[] {where, seedAndCounter[0], seedAndCounter[1]};
  }

  /** Starts three threads that write until this process is killed, or one of them fails. */
  public static void main(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          failure.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
    SessionStore store = store(arguments[0]);
    for (int thread = 0; thread < 3; thread++) {
      long seed = Long.parseLong(arguments[1]) * 31 + thread;
      String name = arguments[1] + "-" + thread;
      new Thread(new CrashWriter(store, arguments[2], name, new Random(seed))).start();
    }
  }

  private static SessionStore store(String where) {
    if (where.startsWith("redis:")) {
      return new RedisSessionStore(RedisConnections.open(where, 8), KEYS, PREFIX);
    }
    return where.startsWith("jdbc:")
        ? JdbcSessionStore.builder(new TestPool(where, 3), KEYS)
            .withPatience(TestPool.BUSY_MACHINE)
            .build()
        : FileSessionStore.open(Path.of(where), KEYS, 50);
  }

  @Override
  public void run() {
    while (true) {
      int step = random.nextInt(10);
      if (sessions.isEmpty() || step == 0) {
        create();
      } else if (step == 1) {
        end(sessions.remove(random.nextInt(sessions.size())));
      } else if (step <= 3) {
        rotate(any());
      } else if (step <= 5) {
        count();
      } else {
        set(any());
      }
    }
  }

  private Written any() {
    return sessions.get(random.nextInt(sessions.size()));
  }

  private static void say(String id, String what) {
    System.out.println(id + " " + what + END);
  }

  private void create() {
    String id = name + "-" + begun++;
    say(id, "? create");
    Envelope envelope = random.nextBoolean() ? envelope(Optional.empty()) : somebody();
    Map<String, String> attributes = Map.of("id", id, "a", "0", "b", "0");
    String token = store.create(envelope, attributes, WriteOptions.at(NOW, SOON)).orElseThrow();
    say(id, "! create " + token);
    sessions.add(new Written(id, token));
  }

  private Envelope somebody() {
    String person = PEOPLE.get(random.nextInt(PEOPLE.size()));
    return envelope(Optional.of(new Principal(person, Set.of())));
  }

  public static Envelope envelope(Optional<Principal> principal) {
    return new Envelope(NOW, principal.map(p -> NOW), NOW.plus(Duration.ofDays(7)), principal);
  }

  /** Sometimes longer than before, so that it outgrows its file. */
  private void set(Written session) {
    String next = Integer.toString(session.value + 1);
    String pad = "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 9000 : 900));
    say(session.id, "? set " + next);
    Changes changes = new Changes(Map.of("a", next, "pad", pad, "b", next), Set.of(), Map.of());
    update(session.token, changes);
    session.value++;
    say(session.id, "! set " + next);
  }

  private void rotate(Written session) {
    say(session.id, "? rotate");
    session.token =
        store
            .rotate(load(session.token), somebody(), Changes.NONE, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    say(session.id, "! rotate " + session.token);
  }

  private void end(Written session) {
    say(session.id, "? end");
    Stores.end(store, load(session.token), NOW);
    say(session.id, "! end");
  }

  private void count() {
    say(COUNTER, "? add");
    Changes one = new Changes(Map.of(), Set.of(), Map.of(COUNTER, 1L));
    update(counter, one);
    say(COUNTER, "! add");
  }

  private void update(String token, Changes changes) {
    if (store.update(load(token), changes, WriteOptions.at(NOW, SOON)).token().isEmpty()) {
      throw new IllegalStateException("nobody else ends this session");
    }
  }

  private StoredSession load(String token) {
    return Stores.load(store, token).orElseThrow();
  }
}
