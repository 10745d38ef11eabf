// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static java.util.stream.Collectors.toMap;

import dev.lms.pagecache.adapter.CutOffException;
import dev.lms.pagecache.adapter.PageAdapter;
import dev.lms.pagecache.adapter.SentRequest;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.io.IOException;
import org.xnio.IoUtils;

/** Both libraries on Undertow, as the documents show it. */
record UndertowSite(Sessions sessions, PageAdapter<Call> pages, PageAdapter.Program<Call> program)
    implements HttpHandler {

  @Override
  public void handleRequest(HttpServerExchange exchange) throws IOException {
    HeaderMap asked = exchange.getRequestHeaders();
    SentRequest request =
        SentRequest.of(
            exchange.getRequestMethod().toString(),
            exchange.getRequestURI(),
            exchange.getQueryString(),
            asked.getHeaderNames().stream().collect(toMap(HttpString::toString, asked::get)));
    Session session = sessions.openRequest(request::lines);
    try {
      pages.serve(
          request,
          seen -> new Call(seen, session),
          program,
          (status, fields) -> session.commitTo(status, fields::tell),
          (status, fields, hasBody) -> {
            HeaderMap told = exchange.setStatusCode(status).getResponseHeaders();
            fields.sendTo((name, lines) -> told.putAll(new HttpString(name), lines));
            return exchange.getOutputStream();
          });
    } catch (SessionStoreException e) {
      exchange.setStatusCode(503);
    } catch (CutOffException e) {
      IoUtils.safeClose(exchange.getConnection());
    }
  }
}
