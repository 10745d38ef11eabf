// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class WebServerTest {
  private final HttpProvider provider;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  private final Route slow =
      Route.get(
          "/slow",
          r -> {
            entered.countDown();
            try {
              open.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            r.text(200, "finished");
          });

  WebServerTest(HttpProvider provider) {
    this.provider = provider;
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void drainingFinishesWhatIsUnderWayAndTakesNothingNew() throws Exception {
    TestSite site = TestSite.serving(provider, slow);
    Future<HttpResponse<String>> underWay = threads.submit(() -> site.get("/slow"));
    assertTrue(entered.await(60, TimeUnit.SECONDS));

    Future<Boolean> drained = threads.submit(() -> site.server.drain(Duration.ofSeconds(30)));
    awaitRefusal(site.server.address());
    assertFalse(drained.isDone());

    open.countDown();
    assertEquals("finished", underWay.get(60, TimeUnit.SECONDS).body());
    assertTrue(drained.get(60, TimeUnit.SECONDS));
  }

  @Test
  void drainingEndsAtItsTimeoutWhateverIsUnderWay() throws Exception {
    TestSite site = TestSite.serving(provider, slow);
    Future<HttpResponse<String>> underWay = threads.submit(() -> site.get("/slow"));
    assertTrue(entered.await(60, TimeUnit.SECONDS));
    assertFalse(site.server.drain(Duration.ofMillis(100)));
    try {
      // A handler that is interrupted may still say that it failed.
      assertEquals(500, underWay.get(60, TimeUnit.SECONDS).statusCode());
    } catch (ExecutionException cut) {
      assertInstanceOf(IOException.class, cut.getCause());
    }
  }

  /** The JDK's stop() counts a cut exchange as under way for ever and would wait for it. */
  @Test
  void drainingDoesNotWaitForAnExchangeThatWasCut() throws Exception {
    Route cut =
        Route.get(
            "/cut",
            r -> {
              r.exchange().sendResponseHeaders(200, 0);
              throw new IllegalStateException("cut");
            });
    TestSite site = TestSite.serving(provider, cut);
    assertThrows(IOException.class, () -> site.get("/cut"));
    Future<Boolean> drained = threads.submit(() -> site.server.drain(Duration.ofDays(1)));
    assertTrue(drained.get(60, TimeUnit.SECONDS));
  }

  @Test
  void aTakenPortIsABindException() throws IOException {
    try (TestSite site = TestSite.serving(provider, slow)) {
      assertThrows(
          BindException.class,
          () -> WebServer.start(provider, site.server.address(), List.of(), exchange -> {}));
    }
  }

  private static void awaitRefusal(InetSocketAddress address) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < deadline) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), address.getPort()).close();
      } catch (ConnectException expected) {
        return;
      } catch (SocketException justClosing) {
        // Reset between being accepted and being closed; the next one tells.
      }
    }
    throw new AssertionError("still accepting");
  }
}
