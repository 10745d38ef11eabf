// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.Changes;
import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Virtual threads that write at once, each in a session of its own, beside the very commands that
 * the store sends for it, sent one by one over one connection that all share.
 */
final class Callers {
  private static final String GROUP = "Callers at once, Redis";
  private static final String OVER = "virtual threads";
  private static final String SET = "blind set, of all";
  private static final String SET_RAW = "its EVALSHA on one connection, of all";
  private static final String CHANGE = "read and change, of all";
  private static final String CHANGE_RAW = "its GET and EVALSHA on one connection, of all";

  private static final InstantSource CLOCK = InstantSource.system();

  /** Of the rate that the commands alone have. */
  private static final double LEAST = 0.9;

  /** Of a batch: many have to begin before all are under way. */
  private static final int LONGER = 4;

  private Callers() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    List.of(SET, SET_RAW, CHANGE, CHANGE_RAW).forEach(what -> turns.curve(GROUP, what, OVER, "us"));
    int most = Scale.last(scale.callers());
    try (Redis redis = new Redis();
        OneConnection connection = new OneConnection(redis.url())) {
      List<Work.Operation> sets = new ArrayList<>();
      List<Work.Operation> changes = new ArrayList<>();
      List<OneConnection.Change> raw = new ArrayList<>();
      for (int i = 0; i < most; i++) {
        Visits visits = new Visits(redis.store());
        String cookie = visits.begin(Visits.DATA);
        visits.change(cookie); // From now on Redis knows the script.
        StoredSession known = known(redis.store(), cookie);
        Work.Operation set = () -> set(redis.store(), known);
        sets.add(set);
        changes.add(() -> visits.change(cookie));
        raw.add(OneConnection.Change.of(redis.received(set)));
      }
      Duration length = scale.batch().multipliedBy(LONGER);
      for (int size : scale.callers()) {
        turns.at(SET, size, together(size, length, sets::get));
        turns.at(SET_RAW, size, together(size, length, i -> () -> connection.send(raw.get(i))));
        turns.at(CHANGE, size, together(size, length, changes::get));
        turns.at(
            CHANGE_RAW,
            size,
            together(size, length, i -> () -> connection.readAndSend(raw.get(i))));
      }
      turns.warmUp(scale.warmUp());
      findings.add(turns.run(scale.rounds()));
    }
    judge(findings, "blind set", SET, SET_RAW, "its EVALSHA", most);
    judge(findings, "read and change", CHANGE, CHANGE_RAW, "its GET and EVALSHA", most);
  }

  private static StoredSession known(SessionStore store, String cookie) {
    String token = cookie.substring(cookie.indexOf('=') + 1);
    if (store.open(token, CLOCK.instant()) instanceof Opened.Live live) {
      return live.session();
    }
    throw new IllegalStateException("a session is gone");
  }

  /** Without reading it again: that is one command. */
  private static void set(SessionStore store, StoredSession known) {
    Changes one = new Changes(Map.of("visits", "1"), Set.of(), Map.of());
    WriteOptions now = WriteOptions.at(CLOCK.instant(), known.deadline());
    if (!store.update(known, one, now).isStored()) {
      throw new IllegalStateException("the change was not stored");
    }
  }

  private static void judge(
      Findings findings, String what, String ours, String raw, String commands, int callers) {
    findings.add(
        Ratio.of(
            "%s, %d callers, rate".formatted(what, callers),
            commands + " on one connection",
            0,
            true,
            LEAST,
            Spread.ofRatios(
                findings.curve(raw).at(callers).rounds(),
                findings.curve(ours).at(callers).rounds())));
  }

  /** How often one of so many threads is done, each of which does it again and again. */
  private static Work together(int callers, Duration length, IntFunction<Work.Operation> each) {
    return () -> {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        long start = System.nanoTime();
        long end = start + length.toNanos();
        List<Future<Integer>> running = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          Work.Operation operation = each.apply(i);
          running.add(threads.submit(() -> until(end, operation)));
        }
        long done = 0;
        for (Future<Integer> one : running) {
          done += one.get();
        }
        return (System.nanoTime() - start) / Work.NANOS_PER_MICRO / done;
      }
    };
  }

  private static int until(long end, Work.Operation operation) throws Exception {
    int done = 0;
    do {
      operation.run();
      done++;
    } while (System.nanoTime() < end);
    return done;
  }
}
