// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.util.List;

/**
 * A ratio this project has set itself.
 *
 * @param what the work
 * @param ours whose time it is
 * @param other what it is measured by
 * @param threads at how many threads it counts; 0 for any
 * @param atLeast true: the other must take at least so many times ours. False: ours may take at
 *     most so many times the other's
 * @param inForks whether it can only be told where each side has a JVM of its own for long: for a
 *     few seconds in one that runs everything, the ratio is whatever the compiler has come to
 */
record Limit(
    String what,
    String ours,
    String other,
    int threads,
    boolean atLeast,
    double factor,
    boolean inForks) {

  /** Every line of the table, in its order. */
  static final List<Limit> ALL =
      List.of(
          atMost("read-only request", "RedisBenchmark.read", "readRawHgetall", 1, 1.15),
          atMost("read-only request", "RedisBenchmark.read", "readRawHgetall", 8, 1.25),
          atLeast("read-only request", "RedisBenchmark.read", "readSpringJedis", 4),
          atLeast("read-only request", "RedisBenchmark.read", "readSpringLettuce", 6),
          atLeast("read-only request", "RedisBenchmark.read", "readSpringIndexedJedis", 7.5),
          atLeast("read-only request", "RedisBenchmark.read", "readSpringIndexedLettuce", 7.5),
          atMost("one attribute changed", "RedisBenchmark.change", "changeRaw", 0, 1.15)
              .onlyInForks(),
          atLeast("create, in no index", "RedisBenchmark.begin", "createSpringJedis", 2.5),
          atLeast("create, ours in the index", "RedisBenchmark.create", "createSpringJedis", 2.5),
          atLeast("database: read-only request", "JdbcBenchmark.read", "readSpring", 2)
              .onlyInForks(),
          atLeast("database: create", "JdbcBenchmark.create", "createSpring", 2).onlyInForks(),
          atMost("file: read and decode", "FileBenchmark.read", "readRaw", 0, 1.5),
          atLeast("file: load, touch, store", "FileBenchmark.touch", "touchJetty", 8).onlyInForks(),
          atMost("cookie: open", "CookieBenchmark.read", "readRaw", 0, 2));

  private static Limit atMost(String what, String ours, String method, int threads, double most) {
    return new Limit(what, ours, besides(ours, method), threads, false, most, false);
  }

  private static Limit atLeast(String what, String ours, String method, double least) {
    return new Limit(what, ours, besides(ours, method), 0, true, least, false);
  }

  private static String besides(String ours, String method) {
    return ours.substring(0, ours.indexOf('.') + 1) + method;
  }

  private Limit onlyInForks() {
    return new Limit(what, ours, other, threads, atLeast, factor, true);
  }

  boolean counts(int atThreads) {
    return threads == 0 || threads == atThreads;
  }
}
