// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.PageRule;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servlets behind the page cache that forward, include, flush, fail or answer later. */
class ServletDispatchTest extends CachedPages {
  @ParameterizedTest
  @EnumSource
  void parametersComeFromTheKeyAlone(Container container) throws Exception {
    String path =
        page(
            SHARED,
            (request, response) ->
                response
                    .getWriter()
                    .print(
                        request.getParameter("q")
                            + request.getParameter("utm")
                            + request.getParameterMap().keySet()
                            + request.getQueryString()
                            + request.getRequestURI()
                            + response.encodeURL("/next")));
    String seen = "a bnull[q]q=a+b" + path + "/next";
    assertEquals(seen, get(container, path + "?utm=1&q=a+b").body());
    HttpResponse<String> hit = get(container, path + "?q=a+b&utm=2");
    assertEquals(seen, hit.body());
    assertEquals("lms; hit; detail=anon", status(hit));
  }

  @ParameterizedTest
  @EnumSource
  void forwardsAndIncludesSeeTheirOwnRequestAndNoUndeclaredParameter(Container container)
      throws Exception {
    String inner =
        page(
            null,
            (request, response) ->
                response
                    .getWriter()
                    .print(
                        request.getParameter("part")
                            + request.getParameter("q")
                            + request.getParameter("utm")
                            + String.join(",", request.getParameterValues("q"))));
    String forwards =
        page(
            SHARED,
            (request, response) -> {
              response.getWriter().print("dropped");
              request.getRequestDispatcher(inner + "?part=1&q=f").forward(request, response);
            });
    assertEquals("1fnullf,o", get(container, forwards + "?q=o&utm=u").body());
    HttpResponse<String> hit = get(container, forwards + "?q=o&utm=v");
    assertEquals("1fnullf,o", hit.body());
    assertEquals("lms; hit; detail=anon", status(hit));
    String includes =
        page(
            SHARED,
            (request, response) -> {
              response.getWriter().print("before ");
              request.getRequestDispatcher(inner + "?part=2").include(request, response);
              response.getWriter().print(" after");
            });
    assertEquals("before 2onullo after", get(container, includes + "?q=o&utm=u").body());
    assertEquals("lms; hit; detail=anon", status(get(container, includes + "?q=o&utm=v")));
  }

  @ParameterizedTest
  @EnumSource
  void aLongIncludeLosesNoField(Container container) throws Exception {
    String inner =
        page(
            null,
            (request, response) -> {
              response.setHeader("X-Included", "ignored");
              response.getWriter().print("x".repeat(300_000));
              response.flushBuffer();
            });
    String path =
        page(
            null,
            (request, response) -> {
              response.setContentType("text/html;charset=UTF-8");
              response.setHeader("X-Kept", "yes");
              session(request).set("name", "kept");
              request.getRequestDispatcher(inner).include(request, response);
            });
    HttpResponse<String> answer = get(container, path);
    assertEquals(300_000, answer.body().length());
    assertEquals("yes", field(answer, "X-Kept"));
    assertEquals("none", field(answer, "X-Included"));
    assertTrue(field(answer, "Content-Type").startsWith("text/html"), answer.headers()::toString);
    assertTrue(field(answer, "Set-Cookie").startsWith("session="), answer.headers()::toString);
  }

  @ParameterizedTest
  @EnumSource
  void writerAndStreamExcludeOneAnotherUntilReset(Container container) throws Exception {
    String path =
        page(
            SHARED,
            (request, response) -> {
              response.setHeader("X-Dropped", "yes");
              response.setContentLength(3);
              response.setStatus(404);
              response.getWriter().print("dropped");
              assertThrows(IllegalStateException.class, response::getOutputStream);
              response.reset();
              response.getOutputStream().print("kept");
              assertThrows(IllegalStateException.class, response::getWriter);
            });
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer = get(container, path);
      assertEquals(200, answer.statusCode());
      assertEquals("kept", answer.body());
      assertEquals("none", field(answer, "X-Dropped"));
      assertEquals("4", field(answer, "Content-Length"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsFlushedArrivesWhereNothingIsCached(Container container) throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    String path =
        page(
            null,
            (request, response) -> {
              response.getOutputStream().write('x');
              response.flushBuffer();
              assertTrue(seen.await(60, TimeUnit.SECONDS));
              response.getOutputStream().write('y');
            });
    HttpResponse<InputStream> answer =
        ServletSite.CLIENT.send(
            HttpRequest.newBuilder(SITE.uri(container, path)).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertEquals('x', answer.body().read());
    seen.countDown();
    assertEquals("y", new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void anErrorOfTheContainerIsMarked(Container container) throws Exception {
    for (PageRule rule : new PageRule[] {SHARED, null}) {
      String path = page(rule, (request, response) -> response.sendError(410, "gone"));
      HttpResponse<String> answer = get(container, path);
      assertEquals(410, answer.statusCode());
      assertTrue(field(answer, "Cache-Control").contains("no-store"), answer.headers()::toString);
      assertTrue(answer.body().contains("410"), answer.body());
    }
  }

  @ParameterizedTest
  @EnumSource
  void asyncAnswersAreWholeOnEachWay(Container container) throws Exception {
    String inner = page(null, (request, response) -> response.getWriter().print("inner"));
    Map<String, ServletSite.Page> ways =
        Map.of(
            "dispatch",
            (request, response) -> request.startAsync().dispatch(inner),
            "nothing",
            (request, response) -> {
              response.setHeader("X-Way", "nothing");
              request.startAsync().complete();
            },
            "listener",
            (request, response) -> {
              AsyncContext async = request.startAsync();
              ServletOutputStream out = response.getOutputStream();
              out.setWriteListener(
                  new WriteListener() {
                    private int left = 300;

                    @Override
                    public void onWritePossible() throws IOException {
                      while (out.isReady()) {
                        if (left-- == 0) {
                          async.complete();
                          return;
                        }
                        out.write(new byte[1000]);
                      }
                    }

                    @Override
                    public void onError(Throwable e) {
                      async.complete();
                    }
                  });
            });
    for (Map.Entry<String, ServletSite.Page> way : ways.entrySet()) {
      for (PageRule rule : new PageRule[] {SHARED, null}) {
        String path = page(rule, way.getValue());
        HttpResponse<String> answer = get(container, path);
        String told = way.getKey() + ", " + (rule == null ? "uncached" : "cached");
        assertEquals(200, answer.statusCode(), told);
        switch (way.getKey()) {
          case "dispatch" -> assertEquals("inner", answer.body(), told);
          case "nothing" -> assertEquals("nothing", field(answer, "X-Way"), told);
          default -> assertEquals(300_000, answer.body().length(), told);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAsyncTimeOutIsTheContainers(Container container) throws Exception {
    CompletableFuture<HttpServletResponse> kept = new CompletableFuture<>();
    String path =
        page(
            SHARED,
            (request, response) -> {
              response.getWriter().print("lost");
              request.startAsync().setTimeout(50);
              kept.complete(response);
            });
    HttpResponse<String> answer = get(container, path);
    assertEquals(500, answer.statusCode());
    assertFalse(answer.body().contains("lost"), answer.body());
  }

  /** HTTP/1.0 needs no host. */
  @ParameterizedTest
  @EnumSource
  void aRequestWithoutHostIsAnswered(Container container) throws Exception {
    String path = counted(SHARED, NOTHING);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SITE.port(container))) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertTrue(answer.contains("render 1"), answer);
    }
  }
}
