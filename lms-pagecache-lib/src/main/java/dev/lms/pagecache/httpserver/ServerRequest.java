// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.lms.pagecache.PageHandler;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.PageRequest;
import dev.lms.pagecache.http.OwnTarget;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A request of the JDK's server, and the filters and the handler behind the cache. */
final class ServerRequest implements PageRequest, PageHandler<HttpExchange> {
  /**
   * Fields that most messages do not have, as {@link Headers} keeps their names. The JDK's makes
   * that form of each name it is asked for, at each hit again; its set of names is asked for it
   * right away. Another provider's set of names is put together each time.
   */
  private static final Map<String, String> RARE =
      Stream.of(
              ("Accept-Encoding Age Authorization Cache-Control Content-Digest Content-Length"
                      + " Content-MD5 Digest ETag If-Match If-Modified-Since If-None-Match If-Range"
                      + " If-Unmodified-Since Range Repr-Digest Transfer-Encoding Vary")
                  .split(" ", -1))
          .collect(Collectors.toUnmodifiableMap(Function.identity(), ServerRequest::normal));

  private static final Module JDK = Headers.class.getModule();

  private final HttpExchange exchange;
  private final Function<ServerRequest, Filter.Chain> behind;
  private boolean hasRun;

  /**
   * @param behind the filters and the handler, again for each run
   */
  ServerRequest(HttpExchange exchange, Function<ServerRequest, Filter.Chain> behind) {
    this.exchange = exchange;
    this.behind = behind;
  }

  private static String normal(String name) {
    Headers only = new Headers();
    only.set(name, "");
    return only.keySet().iterator().next();
  }

  /** All lines of a field; empty if there is none. */
  static List<String> lines(Headers headers, String name) {
    String rare = headers.getClass().getModule() == JDK ? RARE.get(name) : null;
    List<String> lines = rare == null || headers.keySet().contains(rare) ? headers.get(name) : null;
    return lines == null ? List.of() : lines;
  }

  @Override
  public String method() {
    return exchange.getRequestMethod();
  }

  @Override
  public URI target() {
    URI sent = exchange.getRequestURI();
    return sent.getScheme() == null
        ? sent
        : OwnTarget.of(sent, exchange instanceof HttpsExchange ? "https" : "http", lines("Host"));
  }

  @Override
  public List<String> lines(String name) {
    return lines(exchange.getRequestHeaders(), name);
  }

  @Override
  public Map<String, List<String>> fields() {
    return exchange.getRequestHeaders();
  }

  boolean hasRun() {
    return hasRun;
  }

  @Override
  public void handle(PageRender render) throws IOException {
    Filter.Chain chain = behind.apply(this);
    hasRun = true;
    boolean seesAll = render.request() == this;
    chain.doFilter(
        new ShownExchange(
                exchange,
                render.request(),
                seesAll ? exchange.getRequestHeaders() : new WatchedHeaders(render),
                render)
            .asItWas());
  }

  @Override
  public HttpExchange showing(PageRequest request) {
    Headers fields = new Headers();
    request.fields().forEach((name, lines) -> lines.forEach(line -> fields.add(name, line)));
    return new ShownExchange(exchange, request, fields, null).asItWas();
  }

  @Override
  public ServerRequest on(HttpExchange other) {
    return new ServerRequest(other, asked -> behind.apply(this));
  }
}
