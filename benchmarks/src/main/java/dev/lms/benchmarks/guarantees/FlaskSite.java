// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import dev.lms.benchmarks.http.Background;
import dev.lms.benchmarks.http.Flask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** A running site on Flask, its pages made here. What all of its scenarios share. */
final class FlaskSite implements AutoCloseable {
  static final String COOKIE = "Cookie";

  private final AtomicReference<PagePeer.Renderer> renderer =
      new AtomicReference<>((path, person) -> "");
  private final Map<String, String> cookies = new ConcurrentHashMap<>();
  private final RenderServer pages;
  private final Background flask;
  private final Client client = new Client();

  /**
   * Starts it.
   *
   * @param workers processes, each of which handles one request at a time
   */
  FlaskSite(Path folder, String redisUrl, int workers) throws IOException, InterruptedException {
    pages =
        new RenderServer(
            (path, person) -> renderer.get().render(path, person),
            exchange ->
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Person")).orElse(""),
            List.of());
    flask = Flask.startMeetings(folder, redisUrl, pages.url("/"), workers);
  }

  /** From now on pages are made by this one. */
  void render(PagePeer.Renderer by) {
    renderer.set(by);
  }

  Client client() {
    return client;
  }

  String url(String path) {
    return flask.url(path);
  }

  /** Somebody signs in; the cookie that they get. */
  String signIn(String person) throws IOException, InterruptedException {
    return Flask.signIn(client.http(), flask, person);
  }

  /** The cookie of somebody who signed in some time ago; empty for a stranger. */
  String cookieOf(String person) throws IOException, InterruptedException {
    if (person.isEmpty()) {
      return "";
    }
    String cookie = cookies.get(person);
    if (cookie == null) {
      cookie = signIn(person);
      cookies.put(person, cookie);
    }
    return cookie;
  }

  @Override
  public void close() {
    client.close();
    flask.close();
    pages.close();
  }
}
