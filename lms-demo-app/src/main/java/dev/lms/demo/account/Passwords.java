// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Checks passwords against Argon2id hashes with the parameters of the OWASP password storage cheat
 * sheet: 19 MiB, two passes, one lane. Hashing is meant to be slow, so it has a few threads of its
 * own and a short line before them: neither memory nor processors run out under a flood of
 * sign-ins. Thread-safe.
 */
public final class Passwords implements AutoCloseable {
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;

  /** Of a random password nobody kept: what a sign-in with an unknown name is measured against. */
  private static final String NOBODY =
      "$argon2id$v=19$m=19456,t=2,p=1$3nAQRkNevT6AkvNI3Lz3+Q"
          + "$laudgWgjEeQPVJNfDbF3PrUlL+FqtArsUFOK++1Thn0";

  private static final int QUEUE = 32;

  private final ThreadPoolExecutor threads;

  /** What came of a check. */
  enum Verdict {
    MATCH,
    MISMATCH,
    /** Not looked at: there were too many wrong ones before. */
    TOO_SOON,
    /** Too many are waiting; nothing was checked. */
    BUSY
  }

  /**
   * Starts no thread before it is needed.
   *
   * @param parallel how many hashes at the same time; each takes 19 MiB and a processor while it is
   *     made
   */
  public Passwords(int parallel) {
    this(parallel, QUEUE);
  }

  Passwords(int parallel, int queue) {
    threads =
        new ThreadPoolExecutor(
            parallel,
            parallel,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().name("password").daemon().factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** The hash of a password to keep: a PHC string. Takes as long as a check, on this thread. */
  static String hash(String password) {
    return Argon2id.hash(password, MEMORY_KIB, PASSES);
  }

  /** The hash of a password that somebody chose on a page; empty if too many wait. */
  Optional<String> tryHash(String password) {
    CompletableFuture<String> hash = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              hash.complete(hash(password));
            } catch (Throwable e) { // Errors too: the caller waits for an answer.
              hash.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      return Optional.empty();
    }
    return Optional.of(hash.join());
  }

  /**
   * Checks a password. Takes as long when there is no hash to check it against, so that the time
   * does not tell which names exist.
   *
   * @param hash a PHC string; empty for an unknown name
   */
  Verdict check(String password, Optional<String> hash) {
    CompletableFuture<Boolean> matches = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              // What an older release or the samples' file holds stays good, however it was made.
              matches.complete(Argon2id.matches(password, hash.orElse(NOBODY)));
            } catch (Throwable e) { // Errors too: the caller waits for an answer.
              matches.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      return Verdict.BUSY;
    }
    return matches.join() && hash.isPresent() ? Verdict.MATCH : Verdict.MISMATCH;
  }

  /** How many passwords wait to be checked. */
  int waiting() {
    return threads.getQueue().size();
  }

  /** Finishes what waits and takes no more: later checks are {@code BUSY}. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
