// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.httpserver;

import static dev.lms.session.httpserver.TestSite.answer;
import static dev.lms.session.httpserver.TestSite.cookie;
import static dev.lms.session.httpserver.TestSite.header;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import dev.lms.session.Session;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStoreException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outages that come wrapped, late or in other threads; and answers that do. */
class AsyncAnswerTest {
  @TempDir Path folder;
  private TestSite site;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(folder, SessionLimit.defaults());
    site.serve(new SessionFilter(site.sessions));
    site.page(
        "/begin",
        exchange -> {
          SessionFilter.session(exchange).set("theme", "dark");
          answer(exchange, 200, "begun");
        });
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private String begun() throws Exception {
    return cookie(site.get("/begin", ""));
  }

  private static void assertUnavailable(HttpResponse<String> answer) {
    assertEquals(503, answer.statusCode());
    assertEquals("5", header(answer, "Retry-After"));
    assertEquals("no-store", header(answer, "Cache-Control"));
    assertTrue(answer.body().contains("try again"), answer.body());
  }

  /** Thrown as it is, whatever the signature says. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void anOutageIsOneHoweverItIsWrapped() throws Exception {
    Exception outage = new SessionStoreException("away");
    RuntimeException circle = new RuntimeException("in circles");
    RuntimeException other = new IllegalStateException(circle);
    circle.initCause(other);
    RuntimeException far = new RuntimeException(outage);
    for (int i = 0; i < 20; i++) {
      far = new RuntimeException(far);
    }
    Callable<?> proxied =
        (Callable<?>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Callable.class},
                (proxy, method, arguments) -> {
                  throw new ExecutionException(outage);
                });
    Map<String, HttpHandler> wrapped =
        Map.of(
            "/completion",
            exchange -> {
              throw new CompletionException(outage);
            },
            "/execution",
            exchange -> {
              throw AsyncAnswerTest.<RuntimeException>sneaky(new ExecutionException(outage));
            },
            "/io",
            exchange -> {
              throw new IOException(outage);
            },
            "/unchecked-io",
            exchange -> {
              throw new UncheckedIOException(new IOException(outage));
            },
            "/error",
            exchange -> {
              throw new AssertionError(outage);
            },
            "/proxy",
            exchange -> {
              try {
                proxied.call();
              } catch (Exception e) {
                throw AsyncAnswerTest.<RuntimeException>sneaky(e);
              }
            });
    wrapped.forEach(site::page);
    RuntimeException deep = far;
    site.page(
        "/far",
        exchange -> {
          throw deep;
        });
    for (String path : wrapped.keySet()) {
      assertUnavailable(site.get(path, ""));
    }
    assertUnavailable(site.get("/far", ""));
    site.page(
        "/circle",
        exchange -> {
          throw circle;
        });
    try {
      assertEquals(-1, site.get("/circle", "").statusCode(), "nobody answers for a bug");
    } catch (IOException cut) {
      assertEquals("in circles", requireNonNull(site.thrown.get("/circle")).getMessage());
    }
  }

  @Test
  void anOutageInAnotherThreadIsAnswered() throws Exception {
    String cookie = begun();
    CountDownLatch returned = new CountDownLatch(1);
    site.page(
        "/joined",
        exchange ->
            CompletableFuture.runAsync(
                    () -> {
                      SessionFilter.session(exchange).add("visits", 1);
                      try {
                        answer(exchange, 200, "counted");
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    },
                    site.threads)
                .join());
    site.page(
        "/later",
        exchange ->
            site.threads.execute(
                () -> {
                  try {
                    returned.await(60, TimeUnit.SECONDS);
                    SessionFilter.session(exchange).add("visits", 1);
                    answer(exchange, 200, "counted");
                  } catch (IOException | InterruptedException e) {
                    site.thrown.put("/later", e);
                  }
                }));
    for (String path : List.of("/joined", "/later")) {
      site.store.losing.set(1);
      returned.countDown();
      assertUnavailable(site.get(path, cookie));
      assertEquals(200, site.get(path, cookie).statusCode(), "and again");
    }
    assertEquals(Map.of(), site.thrown);
    assertEquals(Optional.of("4"), site.opened(cookie).get("visits"));
  }

  @Test
  void anAnswerFromAnotherThreadCommitsAndSetsItsCookie() throws Exception {
    site.page(
        "/later",
        exchange ->
            site.threads.execute(
                () -> {
                  Session session = SessionFilter.session(exchange);
                  session.add("visits", 1);
                  try {
                    answer(exchange, 200, "counted");
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
    String cookie = cookie(site.get("/later", ""));
    assertEquals(Optional.of("1"), site.opened(cookie).get("visits"));
  }

  /** Who answers in the handler's stead does not write through what the handler's filters made. */
  @Test
  void whatFiltersPutAroundTheBodyIsForTheHandlersAnswerOnly() throws Exception {
    String cookie = begun();
    site.page(
        "/loud",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Language", "loud");
          exchange.setStreams(null, new Loud(exchange.getResponseBody()));
          SessionFilter.session(exchange).add("visits", 1);
          answer(exchange, 200, "counted");
        });
    assertEquals("COUNTED", site.get("/loud", cookie).body());
    site.store.losing.set(1);
    HttpResponse<String> answer = site.get("/loud", cookie);
    assertUnavailable(answer);
    assertEquals("", header(answer, "Content-Language"));
  }

  /** What a filter that changes the body does. */
  private static final class Loud extends FilterOutputStream {
    Loud(OutputStream quiet) {
      super(quiet);
    }

    @Override
    public void write(int b) throws IOException {
      super.write(Character.toUpperCase(b));
    }
  }

  /** The handler's own cookies may be in a list that takes no more. */
  @Test
  void theCookieLeavesBesideThoseOfTheHandler() throws Exception {
    site.page(
        "/cookies",
        exchange -> {
          exchange.getResponseHeaders().put("Set-Cookie", List.of("a=1", "b=2"));
          exchange.getResponseHeaders().put("CDN-Cache-Control", Arrays.asList("max-age=600"));
          exchange.getResponseHeaders().put("Surrogate-Control", List.of("max-age=600"));
          SessionFilter.session(exchange).set("theme", "dark");
          answer(exchange, 200, "set");
        });
    site.page(
        "/no-cookies",
        exchange -> {
          exchange.getResponseHeaders().remove("Set-Cookie");
          exchange.getResponseHeaders().put("Set-Cookie", List.of());
          SessionFilter.session(exchange).set("theme", "dark");
          answer(exchange, 200, "set");
        });
    assertEquals(1, site.get("/no-cookies", "").headers().allValues("Set-Cookie").size());
    HttpResponse<String> answer = site.get("/cookies", "");
    assertEquals(3, answer.headers().allValues("Set-Cookie").size());
    assertEquals(Optional.of("dark"), site.opened(cookie(answer)).get("theme"));
    assertEquals("no-store", header(answer, "Cache-Control"));
    assertEquals("", header(answer, "CDN-Cache-Control"));
    assertEquals("", header(answer, "Surrogate-Control"));
  }

  @Test
  void anExchangeThatIsClosedWithoutAnAnswerStoresNothing() throws Exception {
    String cookie = begun();
    CountDownLatch closed = new CountDownLatch(1);
    site.page(
        "/close",
        exchange -> {
          SessionFilter.session(exchange).set("theme", "light");
          exchange.close();
          closed.countDown();
        });
    try {
      site.get("/close", cookie);
    } catch (IOException expected) {
      // The client sees a cut connection.
    }
    assertTrue(closed.await(60, TimeUnit.SECONDS));
    assertEquals(Optional.of("dark"), site.opened(cookie).get("theme"));
  }

  /** A failure after the first byte must not look like a whole answer. */
  @Test
  void aFailureAfterTheFirstByteCutsTheAnswer() throws Exception {
    String cookie = begun();
    site.page(
        "/half",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(new byte[100]);
          exchange.getResponseBody().flush();
          SessionFilter.session(exchange).add("visits", 1);
          site.store.losing.set(1);
          SessionFilter.session(exchange).commit();
        });
    try {
      site.get("/half", cookie);
      throw new AssertionError("half an answer looks like a whole one");
    } catch (IOException expected) {
      assertTrue(site.thrown.get("/half") instanceof SessionStoreException);
    }
    assertEquals(Optional.of("1"), site.opened(cookie).get("visits"));
  }
}
