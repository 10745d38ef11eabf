// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.CommitOutcome;
import dev.lms.session.CookieSettings;
import dev.lms.session.KeyRing;
import dev.lms.session.Lifetimes;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request does with a session, the same for every store. Each thread is one signed-in person
 * who goes on clicking and keeps the newest cookie, as a browser does.
 *
 * <p>A method named after one of these with more behind it ({@code readRawHgetall}) is another
 * contender for the same work; {@link Ratios} sets the two beside each other.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
// On one core the compiler has only what is left: after 20 seconds little changes any more.
@Warmup(iterations = 15, time = 2)
// Many short ones, of which the quickest counts: a shared machine is slow for seconds at a time.
@Measurement(iterations = 15, time = 1)
@Fork(1)
// JMH fills the fields by begin(), which every store's own @Setup calls.
@SuppressWarnings("NullAway.Init")
public abstract class StoreBenchmark {
  static final KeyRing KEYS = KeyRing.of("the benchmarks' key, which guards nothing");
  static final CookieSettings COOKIE = CookieSettings.defaults();

  private static final String STRANGER = "person";
  private static final long PEOPLE_OF_A_THREAD = 100_000_000;

  private Sessions sessions;
  private List<String> cookie;
  private long counter;
  private long nextPerson;

  static Sessions sessions(SessionStore store) {
    return Sessions.builder(store, KEYS)
        .settings(SessionSettings.defaults().withCookie(COOKIE).withLifetimes(Lifetimes.defaults()))
        .clock(Clock.systemUTC())
        .build();
  }

  /** With people that no other thread's number gives. */
  final void begin(Sessions sessions, int thread) {
    this.sessions = sessions;
    this.nextPerson = thread * PEOPLE_OF_A_THREAD;
    this.cookie = List.of(create());
    this.counter = 0;
  }

  /** A read-only request; its touch is throttled, so that nearly always nothing is written. */
  @Benchmark
  public long read() {
    Session session = sessions.open(cookie);
    long characters = read(session);
    session.commit();
    keepCookie(session);
    return characters;
  }

  /** What the session of this cookie holds. */
  final long read(String cookie) {
    return read(sessions.open(List.of(cookie)));
  }

  static long read(Session session) {
    String person =
        session.principal().map(Principal::id).or(() -> session.get(STRANGER)).orElseThrow();
    long characters = person.length();
    for (String name : Sample.NAMES) {
      characters += session.get(name).orElseThrow().length();
    }
    return Sample.checked(characters);
  }

  /** A read-only request whose new deadline is stored. */
  static long touch(Sessions ticking, List<String> cookie) {
    Session session = ticking.open(cookie);
    long characters = read(session);
    if (session.commit() != CommitOutcome.STORED) {
      throw new IllegalStateException("the touch was not stored");
    }
    return characters;
  }

  /** A request that reads an attribute and sets it. */
  @Benchmark
  public long change() {
    Session session = sessions.open(cookie);
    long next = next(Long.parseLong(session.get(Sample.COUNTER).orElseThrow()));
    session.set(Sample.COUNTER, Long.toString(next));
    if (session.commit() != CommitOutcome.STORED) {
      throw new IllegalStateException("the change was not stored");
    }
    keepCookie(session);
    return next;
  }

  /** One more than was read, which must be what was last written. */
  final long next(long read) {
    if (read != counter) {
      throw new IllegalStateException("read %d where %d was written".formatted(read, counter));
    }
    return ++counter;
  }

  /** A sign-in that begins a session, each time somebody else's. */
  @Benchmark
  public String create() {
    return create(sessions);
  }

  final Principal nextPerson() {
    return Sample.person(nextPerson++);
  }

  final String create(Sessions sessions) {
    Session session = sessions.open(null);
    session.signIn(nextPerson());
    return begin(session);
  }

  /** With nobody signed in; the person's id is one more attribute. */
  static String begin(Sessions sessions) {
    Session session = sessions.open(null);
    session.set(STRANGER, Sample.PERSON.id());
    return begin(session);
  }

  private static String begin(Session session) {
    Sample.ATTRIBUTES.forEach(session::set);
    session.commit();
    return pair(session.setCookie().orElseThrow());
  }

  private void keepCookie(Session session) {
    session.setCookie().ifPresent(setCookie -> cookie = List.of(pair(setCookie)));
  }

  static String pair(String setCookie) {
    return setCookie.substring(0, setCookie.indexOf(';'));
  }
}
