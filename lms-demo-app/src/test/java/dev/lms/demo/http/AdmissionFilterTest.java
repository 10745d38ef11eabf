// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class AdmissionFilterTest {
  private final HttpProvider provider;

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch open = new CountDownLatch(1);
  private final Semaphore entered = new Semaphore(0);

  AdmissionFilterTest(HttpProvider provider) {
    this.provider = provider;
  }

  @AfterEach
  void end() {
    open.countDown();
    clients.shutdownNow();
  }

  private TestSite site(int inFlight, int queue, Duration maxWait) throws IOException {
    Router router =
        new Router(
            List.of(
                Route.get(
                    "/slow",
                    r -> {
                      entered.release();
                      await(open);
                      r.text(200, "done");
                    }),
                Route.get("/livez", r -> r.text(200, "alive")),
                Route.get(
                    "/fails",
                    r -> {
                      throw new IllegalStateException();
                    })));
    return TestSite.with(
        provider, List.of(new AdmissionFilter(inFlight, queue, maxWait, Set.of("/livez"))), router);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Future<HttpResponse<String>> later(TestSite site, String path) {
    return clients.submit(() -> site.get(path));
  }

  @Test
  void refusesWhatIsBeyondPermitsAndQueue() throws Exception {
    try (TestSite site = site(2, 0, Duration.ofSeconds(30))) {
      List<Future<HttpResponse<String>>> inside =
          List.of(later(site, "/slow"), later(site, "/slow"));
      assertTrue(entered.tryAcquire(2, 60, TimeUnit.SECONDS));

      HttpResponse<String> refused = site.get("/slow");
      assertEquals(503, refused.statusCode());
      assertEquals("1", refused.headers().firstValue("Retry-After").orElseThrow());
      assertTrue(refused.body().contains("busy"), refused.body());

      assertEquals("alive", site.get("/livez").body());

      open.countDown();
      for (Future<HttpResponse<String>> response : inside) {
        assertEquals(200, response.get(60, TimeUnit.SECONDS).statusCode());
      }
      awaitServed(site);
    }
  }

  /** A client has its answer a moment before its permit is back. */
  private static void awaitServed(TestSite site) throws IOException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (site.get("/slow").statusCode() != 200) {
      assertTrue(System.nanoTime() < giveUp, "no permit came back");
    }
  }

  @Test
  void exactlyTheQueueWaitsAndIsServedInTheEnd() throws Exception {
    try (TestSite site = site(1, 3, Duration.ofSeconds(30))) {
      Future<HttpResponse<String>> first = later(site, "/slow");
      assertTrue(entered.tryAcquire(60, TimeUnit.SECONDS));

      List<CompletableFuture<Integer>> others = new ArrayList<>();
      CountDownLatch refusals = new CountDownLatch(5);
      for (int i = 0; i < 8; i++) {
        others.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    int status = site.get("/slow").statusCode();
                    if (status == 503) {
                      refusals.countDown();
                    }
                    return status;
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                },
                clients));
      }
      await(refusals);
      open.countDown();
      assertEquals(200, first.get(60, TimeUnit.SECONDS).statusCode());
      int served = 0;
      for (CompletableFuture<Integer> other : others) {
        served += other.get(60, TimeUnit.SECONDS) == 200 ? 1 : 0;
      }
      assertEquals(3, served);
    }
  }

  @Test
  void waitingEnds() throws Exception {
    try (TestSite site = site(1, 5, Duration.ofMillis(50))) {
      Future<HttpResponse<String>> first = later(site, "/slow");
      assertTrue(entered.tryAcquire(60, TimeUnit.SECONDS));
      assertEquals(503, site.get("/slow").statusCode());
      open.countDown();
      assertEquals(200, first.get(60, TimeUnit.SECONDS).statusCode());
    }
  }

  @Test
  void neverMoreAtOnceThanPermitted() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Router router =
        new Router(
            List.of(
                Route.get(
                    "/",
                    r -> {
                      most.accumulateAndGet(now.incrementAndGet(), Math::max);
                      LockSupport.parkNanos(2_000_000);
                      now.decrementAndGet();
                      r.text(200, "x");
                    })));
    AdmissionFilter filter = new AdmissionFilter(3, 200, Duration.ofSeconds(30), Set.of());
    try (TestSite site = TestSite.with(provider, List.of(filter), router)) {
      List<Future<HttpResponse<String>>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(later(site, "/"));
      }
      for (Future<HttpResponse<String>> one : all) {
        assertEquals(200, one.get(60, TimeUnit.SECONDS).statusCode());
      }
    }
    assertTrue(most.get() <= 3, "at once: " + most);
  }

  @Test
  void aFailureGivesItsPermitBack() throws IOException {
    open.countDown();
    try (TestSite site = site(1, 0, Duration.ZERO)) {
      for (int i = 0; i < 3; i++) {
        assertEquals(500, site.get("/fails").statusCode());
      }
      awaitServed(site);
    }
  }

  @Test
  void impossibleLimitsAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new AdmissionFilter(0, 1, Duration.ZERO, Set.of()));
    assertThrows(
        IllegalArgumentException.class, () -> new AdmissionFilter(1, -1, Duration.ZERO, Set.of()));
  }
}
