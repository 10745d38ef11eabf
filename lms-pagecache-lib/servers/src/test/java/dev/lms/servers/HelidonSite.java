// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static java.util.stream.Collectors.toMap;

import dev.lms.pagecache.adapter.PageAdapter;
import dev.lms.pagecache.adapter.SentRequest;
import dev.lms.session.Session;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;

/** Both libraries on Helidon SE, as the documents show it. */
record HelidonSite(Sessions sessions, PageAdapter<Call> pages, PageAdapter.Program<Call> program)
    implements Handler {

  @Override
  public void handle(ServerRequest asked, ServerResponse response) throws IOException {
    SentRequest request =
        SentRequest.of(
            asked.prologue().method().text(),
            asked.prologue().uriPath().rawPath(),
            asked.query().rawValue(),
            asked.headers().stream().collect(toMap(Header::name, Header::allValues)));
    Session session = sessions.openRequest(request::lines);
    try {
      pages.serve(
          request,
          seen -> new Call(seen, session),
          program,
          (status, fields) -> session.commitTo(status, fields::tell),
          (status, fields, hasBody) -> {
            response.status(status);
            fields.sendTo((name, lines) -> response.headers().set(HeaderNames.create(name), lines));
            if (!hasBody) {
              response.send();
            }
            return hasBody ? response.outputStream() : OutputStream.nullOutputStream();
          });
    } catch (SessionStoreException e) {
      response.status(503).send();
    }
  }
}
