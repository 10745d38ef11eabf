// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.servlet.PageCacheFilter;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page cache's filter behind that of the sessions, on servlet containers started once. */
class ServletPagesTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Sessions SESSIONS =
      Sessions.of(MemorySessionStore.open(KEYS), KEYS, SessionSettings.plainHttp());
  private static final PageCache CACHE =
      PageCache.builder(new LocalPageStore(8 << 20)).background(Runnable::run).build();
  private static final Map<Container, Integer> PORTS = new EnumMap<>(Container.class);
  private static final Map<String, Page> PAGES = new ConcurrentHashMap<>();
  private static final Map<String, PageRule> RULES = new ConcurrentHashMap<>();
  private static final AtomicInteger PATHS = new AtomicInteger();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final PageRule SHARED =
      PageRule.of(Audience.EVERYONE, Duration.ofMinutes(1)).withParameters("q");

  private interface Page {
    void answer(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  private static final class Site extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      try {
        Object included = request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI);
        Page page = PAGES.get(included == null ? request.getRequestURI() : included);
        if (page == null) {
          response.sendError(404);
        } else {
          page.answer(request, response);
        }
      } catch (IOException | ServletException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new ServletException(e);
      }
    }
  }

  @BeforeAll
  static void start() throws Exception {
    for (Container container : Container.values()) {
      PageCacheFilter pages =
          PageCacheFilter.builder(
                  CACHE,
                  request ->
                      Optional.ofNullable(RULES.get(request.getServletPath() + orNone(request))),
                  request ->
                      SessionFilter.session(request)
                          .get("name")
                          .map(name -> Asker.person(name))
                          .orElse(Asker.ANONYMOUS))
              .personalReads(request -> SessionFilter.session(request).uses())
              .hole("name", request -> SessionFilter.session(request).get("name").orElse("nobody"))
              .build();
      PORTS.put(
          container, container.start(List.of(new SessionFilter(SESSIONS), pages), new Site()));
    }
  }

  private static String orNone(HttpServletRequest request) {
    return request.getPathInfo() == null ? "" : request.getPathInfo();
  }

  /** A path that no other test has, with a page and a rule. */
  private static String page(PageRule rule, Page page) {
    String path = "/page" + PATHS.incrementAndGet();
    PAGES.put(path, page);
    if (rule != null) {
      RULES.put(path, rule);
    }
    return path;
  }

  /** A page that says the how manieth render it is. */
  private static String counted(PageRule rule, Page also) {
    AtomicInteger renders = new AtomicInteger();
    return page(
        rule,
        (request, response) -> {
          response.setContentType("text/plain;charset=UTF-8");
          also.answer(request, response);
          if (!response.isCommitted() && !request.isAsyncStarted()) {
            response.getWriter().print("render " + renders.incrementAndGet());
          }
        });
  }

  private static HttpResponse<String> send(
      Container container, String method, String path, String... fields) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORTS.get(container) + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (fields.length > 0) {
      request.headers(fields);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> get(Container container, String path, String... fields)
      throws Exception {
    return send(container, "GET", path, fields);
  }

  private static String status(HttpResponse<?> answer) {
    return answer.headers().firstValue("Cache-Status").orElse("none").replaceAll("ttl=\\d+; ", "");
  }

  private static String field(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("none");
  }

  private static String signedIn(Container container, String name) throws Exception {
    String path = page(null, (request, response) -> session(request).set("name", name));
    return field(get(container, path), "Set-Cookie").replaceFirst(";.*", "");
  }

  private static dev.lms.session.Session session(HttpServletRequest request) {
    return SessionFilter.session(request);
  }

  private static final Page NOTHING = (request, response) -> {};

  @ParameterizedTest
  @EnumSource
  void pagesAreSharedAndPurged(Container container) throws Exception {
    String path = counted(SHARED, (request, response) -> response.setHeader("Cache-Tag", "t"));
    HttpResponse<String> miss = get(container, path);
    assertEquals("lms; fwd=miss; stored; detail=anon", status(miss));
    assertEquals(
        "text/plain;charset=utf-8", field(miss, "Content-Type").toLowerCase(java.util.Locale.ROOT));
    assertEquals("none", field(miss, "Cache-Tag"));
    HttpResponse<String> hit = get(container, path + "?utm_source=x");
    assertEquals("lms; hit; detail=anon", status(hit));
    assertEquals("render 1", hit.body());
    assertEquals("8", field(hit, "Content-Length"));
    String cookie = signedIn(container, "ann");
    assertEquals("render 1", get(container, path, "Cookie", cookie).body());
    HttpResponse<String> unchanged = get(container, path, "If-None-Match", field(hit, "ETag"));
    assertEquals(304, unchanged.statusCode());
    HttpResponse<String> head = send(container, "HEAD", path);
    assertEquals("8", field(head, "Content-Length"));
    assertEquals("render 1", get(container, path).body());
    CACHE.purge("t");
    assertEquals("render 2", get(container, path).body());
    PAGES.put(path + "/x", NOTHING);
    CACHE.purgePath(path);
    assertEquals("render 3", get(container, path).body());
  }

  @ParameterizedTest
  @EnumSource
  void aPostPurgesItsPathAlsoWhereItIsSpelledDifferently(Container container) throws Exception {
    String path = counted(SHARED, NOTHING);
    assertEquals("render 1", get(container, path).body());
    assertEquals("render 2", send(container, "POST", path).body());
    assertEquals("render 3", get(container, path).body());
    PAGES.put(path + ";a=b", PAGES.get(path));
    HttpResponse<String> alias = get(container, path + ";a=b");
    assertEquals("lms; fwd=bypass; detail=anon/target", status(alias));
    HttpResponse<String> post = send(container, "POST", path + ";a=b");
    assertEquals("lms; fwd=bypass; detail=anon/post", status(post));
    assertEquals("render 6", get(container, path).body());
  }

  /** P2 and P3: whatever is read of the person or the connection, and each way to set a cookie. */
  private static Map<String, Page> ofOneClient() {
    Map<String, Page> pages = new LinkedHashMap<>();
    pages.put("getRemoteUser", (request, response) -> request.getRemoteUser());
    pages.put("getUserPrincipal", (request, response) -> request.getUserPrincipal());
    pages.put("isUserInRole", (request, response) -> request.isUserInRole("admin"));
    pages.put("getAuthType", (request, response) -> request.getAuthType());
    pages.put("getCookies", (request, response) -> request.getCookies());
    pages.put("Cookie", (request, response) -> request.getHeader("Cookie"));
    pages.put("Authorization", (request, response) -> request.getHeader("Authorization"));
    pages.put("all of a field", (request, response) -> request.getHeaders("X-Any"));
    pages.put("a number", (request, response) -> request.getIntHeader("X-Any"));
    pages.put("a date", (request, response) -> request.getDateHeader("X-Any"));
    pages.put("names", (request, response) -> request.getHeaderNames());
    pages.put("getSession", (request, response) -> request.getSession(false));
    pages.put("a new session", (request, response) -> request.getSession());
    pages.put("requested id", (request, response) -> request.getRequestedSessionId());
    pages.put("our session", (request, response) -> session(request).get("name"));
    pages.put("locale", (request, response) -> request.getLocale());
    pages.put("locales", (request, response) -> request.getLocales());
    pages.put("address", (request, response) -> request.getRemoteAddr());
    pages.put("scheme", (request, response) -> request.isSecure());
    pages.put("URL", (request, response) -> request.getRequestURL());
    pages.put("server", (request, response) -> request.getServerName());
    pages.put("port", (request, response) -> request.getServerPort());
    pages.put(
        "certificate",
        (request, response) -> request.getAttribute("jakarta.servlet.request.X509Certificate"));
    pages.put("addCookie", (request, response) -> response.addCookie(new Cookie("a", "b")));
    pages.put("setHeader", (request, response) -> response.setHeader("Set-Cookie", "a=b"));
    pages.put("addHeader", (request, response) -> response.addHeader("set-cookie", "a=b"));
    pages.put("sendError", (request, response) -> response.sendError(404));
    pages.put("sendRedirect", (request, response) -> response.sendRedirect("/"));
    pages.put("no-store", (request, response) -> response.setHeader("Cache-Control", "no-store"));
    pages.put(
        "a session past the cache",
        (request, response) -> {
          jakarta.servlet.ServletRequest inner = request;
          while (inner instanceof jakarta.servlet.ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
          }
          ((HttpServletRequest) inner).getSession();
        });
    pages.put(
        "async",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.start(
              () -> {
                try {
                  async.getResponse().getWriter().print("later");
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
                async.complete();
              });
        });
    return pages;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOfOneClientIsSharedWithNobody(Container container) throws Exception {
    for (Map.Entry<String, Page> page : ofOneClient().entrySet()) {
      String path = counted(SHARED, page.getValue());
      HttpResponse<String> first = get(container, path);
      HttpResponse<String> second = get(container, path);
      for (HttpResponse<String> answer : List.of(first, second)) {
        String status = status(answer);
        assertTrue(status.startsWith("lms; fwd="), page.getKey() + ": " + status);
        assertFalse(status.contains("stored"), page.getKey() + ": " + status);
      }
      if (page.getKey().contains("ookie") && page.getKey().startsWith("a")) {
        assertEquals("a=b", field(second, "Set-Cookie").replaceFirst(";.*", ""));
      }
      if (page.getKey().equals("async")) {
        assertEquals("later", second.body());
        assertEquals("lms; fwd=miss; detail=anon/async", status(second));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPersonsPageIsTheirs(Container container) throws Exception {
    String path =
        page(
            PageRule.shared(Duration.ofMinutes(1)),
            (request, response) ->
                response.getWriter().print("Hello " + session(request).get("name").orElse("you")));
    String ann = signedIn(container, "ann " + path.substring(5));
    String bob = signedIn(container, "bob");
    assertEquals("Hello ann " + path.substring(5), get(container, path, "Cookie", ann).body());
    assertEquals("Hello bob", get(container, path, "Cookie", bob).body());
    assertEquals("Hello you", get(container, path).body());
    assertEquals("lms; hit; detail=user", status(get(container, path, "Cookie", bob)));
  }

  @ParameterizedTest
  @EnumSource
  void holesAreFilledForEachPerson(Container container) throws Exception {
    String path =
        counted(
            SHARED,
            (request, response) ->
                response.getWriter().print(PageCacheFilter.hole(request, "name") + " "));
    String ann = signedIn(container, "ann");
    assertEquals("nobody render 1", get(container, path).body());
    assertEquals("ann render 1", get(container, path, "Cookie", ann).body());
    String streamed =
        page(
            null,
            (request, response) -> {
              String hole = PageCacheFilter.hole(request, "name");
              response.getWriter().print("x".repeat(100_000) + hole);
            });
    assertTrue(get(container, streamed, "Cookie", ann).body().endsWith("xann"));
  }

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
              assertTrue(seen.await(20, TimeUnit.SECONDS));
              response.getOutputStream().write('y');
            });
    HttpResponse<InputStream> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORTS.get(container) + path))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertEquals('x', answer.body().read());
    seen.countDown();
    assertEquals("y", new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource
  void onlyAWholeAnswerIsStored(Container container) throws Exception {
    String tooShort =
        page(
            SHARED,
            (request, response) -> {
              response.setContentLength(10);
              response.getOutputStream().print("half");
            });
    assertEquals(500, get(container, tooShort).statusCode());
    assertEquals(500, get(container, tooShort).statusCode());
    AtomicInteger runs = new AtomicInteger();
    String throwing =
        page(
            SHARED.withStaleIfError(Duration.ofMinutes(1)),
            (request, response) -> {
              response.getWriter().print("x".repeat(50_000));
              response.flushBuffer();
              if (runs.incrementAndGet() == 1) {
                throw new ServletException("a bug");
              }
            });
    HttpResponse<String> failed = get(container, throwing);
    assertEquals(500, failed.statusCode());
    assertEquals("lms; fwd=miss; detail=anon/aborted", status(failed));
    HttpResponse<String> whole = get(container, throwing);
    assertEquals(50_000, whole.body().length());
    assertEquals("lms; fwd=miss; stored; detail=anon", status(whole));
  }

  /** P5: those who wait get the whole answer, of one render; and go on where there is none. */
  @ParameterizedTest
  @EnumSource
  void thoseWhoWaitShareOneRender(Container container) throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    String path =
        counted(
            SHARED,
            (request, response) -> {
              response.getWriter().print("x".repeat(20_000));
              response.flushBuffer();
              began.countDown();
              assertTrue(end.await(20, TimeUnit.SECONDS));
            });
    CompletableFuture<HttpResponse<String>> leader = later(container, path);
    assertTrue(began.await(20, TimeUnit.SECONDS));
    CompletableFuture<HttpResponse<String>> follower = later(container, path);
    end.countDown();
    String body = leader.get(20, TimeUnit.SECONDS).body();
    assertEquals(20_000, body.length());
    assertEquals(body, follower.get(20, TimeUnit.SECONDS).body());
  }

  private static CompletableFuture<HttpResponse<String>> later(Container container, String path) {
    return CLIENT.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORTS.get(container) + path))
            .timeout(Duration.ofSeconds(20))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource
  void staleWhileAnotherRendersAndNothingRunsTwice(Container container) throws Exception {
    AtomicInteger renders = new AtomicInteger();
    String path =
        page(
            PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1))
                .withStaleWhileRevalidate(Duration.ofMinutes(1)),
            (request, response) -> {
              assertEquals(null, request.getHeader("If-None-Match"));
              response.setHeader("ETag", "\"a\"");
              response.setHeader("Cache-Control", "max-age=1, stale-while-revalidate=60");
              response.setHeader("Age", "1");
              response.getWriter().print("render " + renders.incrementAndGet());
            });
    assertEquals("render 1", get(container, path).body());
    assertEquals("render 2", get(container, path).body());
    assertEquals("render 3", get(container, path).body());
    assertEquals(3, renders.get());
  }

  @ParameterizedTest
  @EnumSource
  void headAndRangesChangeNoStoredBody(Container container) throws Exception {
    String path =
        page(
            PageRule.rfc9111(Audience.EVERYONE, Duration.ofMinutes(1)),
            (request, response) -> {
              response.setHeader("Cache-Control", "max-age=60");
              response.getOutputStream().print("0123456789");
            });
    HttpResponse<String> head = send(container, "HEAD", path);
    assertEquals("", head.body());
    assertEquals("10", field(head, "Content-Length"));
    assertEquals("0123456789", get(container, path).body());
    HttpResponse<String> part = get(container, path, "Range", "bytes=2-4");
    assertEquals(206, part.statusCode());
    assertEquals("234", part.body());
    assertEquals("0123456789", get(container, path).body());
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
    Map<String, Page> ways =
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
    for (Map.Entry<String, Page> way : ways.entrySet()) {
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
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), PORTS.get(container))) {
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
