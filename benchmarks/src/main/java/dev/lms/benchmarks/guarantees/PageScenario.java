// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** What may happen to pages. One of these for each contender. */
final class PageScenario implements PagePeer.Renderer {
  private static final Duration SLOW = Duration.ofMillis(50);
  private static final int HERD = 40;
  private static final int ATTEMPTS = 10;

  /** Who is not signed in. */
  private static final String STRANGER = "";

  private final AtomicInteger version = new AtomicInteger();
  private final AtomicInteger renders = new AtomicInteger();
  private volatile CountDownLatch reached = new CountDownLatch(0);
  private volatile CountDownLatch go = new CountDownLatch(0);

  private PageScenario() {}

  /** {@code /own} looks at who asks, {@code /slow} waits, {@code /herd} takes a while. */
  @Override
  public String render(String path, Supplier<String> person) {
    renders.incrementAndGet();
    String text = path.startsWith("/own") ? "for " + person.get() : "version " + version.get();
    if (path.startsWith("/slow")) {
      reached.countDown();
      try {
        if (!go.await(10, TimeUnit.SECONDS)) {
          throw new IllegalStateException("nobody let the render go on");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } else if (path.startsWith("/herd")) {
      LockSupport.parkNanos(SLOW.toNanos());
    }
    return text;
  }

  /** Puts a contender before pages that are made there. */
  interface Setup {
    PagePeer with(PagePeer.Renderer pages) throws Exception;
  }

  private interface Play {
    Optional<String> play(PagePeer peer, int attempt) throws Exception;
  }

  static List<Scenario> with(String contender, boolean ours, Setup maker) {
    PageScenario pages = new PageScenario();
    return List.of(
        pages.scenario(
            "P1",
            "slow-render",
            "a page that began to render before a purge is not shown to who comes after it",
            pages::slowRender,
            contender,
            ours,
            maker),
        pages.scenario(
            "P2",
            "two-people",
            "a page that looks at who asks, which its author did not say, is not shared",
            pages::twoPeople,
            contender,
            ours,
            maker),
        pages.scenario(
            "P5",
            "herd",
            HERD + " requests at once for a page nobody asked for before make it once",
            pages::herd,
            contender,
            ours,
            maker));
  }

  private Scenario scenario(
      String guarantee,
      String key,
      String what,
      Play play,
      String contender,
      boolean ours,
      Setup maker) {
    return new Scenario(
        guarantee,
        key,
        what,
        contender,
        ours,
        ATTEMPTS,
        () -> {
          PagePeer peer = maker.with(this);
          AtomicInteger attempts = new AtomicInteger();
          return new Scenario.Stage(() -> play.play(peer, attempts.incrementAndGet()), peer);
        });
  }

  private Optional<String> slowRender(PagePeer peer, int attempt) throws Exception {
    String path = "/slow" + attempt;
    CountDownLatch proceed = new CountDownLatch(1);
    reached = new CountDownLatch(1);
    go = proceed;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> early = threads.submit(() -> peer.get(path, STRANGER));
      reached.await();
      version.incrementAndGet();
      Future<?> purge =
          threads.submit(
              () -> {
                peer.purge(path);
                return "";
              });
      try {
        purge.get(SLOW.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // It waits for the render, and may.
        proceed.countDown();
      }
      proceed.countDown();
      early.get();
      purge.get();
      String late = peer.get(path, STRANGER);
      return late.equals("version " + version.get())
          ? Optional.empty()
          : Optional.of("after the purge the page is still the old one");
    }
  }

  private Optional<String> twoPeople(PagePeer peer, int attempt) throws Exception {
    String path = "/own" + attempt;
    peer.get(path, "ada");
    String second = peer.get(path, "grace");
    return second.equals("for grace")
        ? Optional.empty()
        : Optional.of("somebody else's page: " + second);
  }

  private Optional<String> herd(PagePeer peer, int attempt) throws Exception {
    int before = renders.get();
    List<Future<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < HERD; i++) {
        answers.add(threads.submit(() -> peer.get("/herd" + attempt, STRANGER)));
      }
      for (Future<String> answer : answers) {
        answer.get();
      }
    }
    int made = renders.get() - before;
    return made == 1 ? Optional.empty() : Optional.of("made " + made + " times");
  }
}
