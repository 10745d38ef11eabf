// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Other people's servers. Each says in a line what is missing, if it cannot be started. */
final class Peers {
  private static final String PYTHON = "/usr/bin/python3";
  private static final String GUNICORN = "/usr/bin/gunicorn";
  private static final String PACKAGES =
      "python3-flask python3-flask-caching python3-flask-session python3-flask-login python3-redis"
          + " gunicorn";

  private Peers() {}

  static Optional<String> varnishIsMissing() {
    return Programs.find("varnishd").isPresent()
        ? Optional.empty()
        : Optional.of("Varnish is left out: install it with  apt-get install varnish");
  }

  /** Varnish before a server; keeps what it gets for an hour, whatever the answer says. */
  static Background varnish(Path folder, Background backend) throws IOException {
    Path program =
        Programs.find("varnishd").orElseThrow(() -> new IOException("varnishd is not there"));
    Path config = folder.resolve("varnish.vcl");
    Files.writeString(
        config,
        """
        vcl 4.1;
        backend default { .host = "127.0.0.1"; .port = "%d"; }
        sub vcl_recv { return (hash); }
        sub vcl_backend_response { set beresp.ttl = 1h; return (deliver); }
        """
            .formatted(backend.port()));
    int port = Background.freePort();
    return Background.start(
        port,
        folder.resolve("varnish.log"),
        Map.of(),
        List.of(
            program.toString(),
            "-F",
            "-n",
            folder.resolve("varnish").toString(),
            "-a",
            "127.0.0.1:" + port,
            "-f",
            config.toString(),
            "-s",
            "malloc,64m"));
  }

  static Optional<String> flaskIsMissing() throws IOException, InterruptedException {
    String remedy = "The Flask peer is left out: install it with  apt-get install " + PACKAGES;
    if (!Files.isExecutable(Path.of(PYTHON)) || !Files.isExecutable(Path.of(GUNICORN))) {
      return Optional.of(remedy);
    }
    ProcessBuilder probe =
        new ProcessBuilder(
                PYTHON,
                "-W",
                "ignore",
                "-c",
                "import flask, flask_caching, flask_session, flask_login, redis")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return probe.start().waitFor() == 0 ? Optional.empty() : Optional.of(remedy);
  }

  /** Flask with sessions and pages in Redis, five workers, as {@code serve.sh} starts it. */
  static Background flask(Path folder, Path peer, int redisPort) throws IOException {
    int port = Background.freePort();
    Path sessions = Files.createDirectory(folder.resolve("flask-sessions"));
    return Background.start(
        port,
        folder.resolve("flask.log"),
        Map.of("RPORT", Integer.toString(redisPort), "SESSION_DIR", sessions.toString()),
        List.of(
            "bash", peer.resolve("serve.sh").toString(), "sync", "redis", Integer.toString(port)));
  }

  /** The cookie of somebody who signed in there. */
  static String flaskCookie(HttpClient client, Background flask)
      throws IOException, InterruptedException {
    HttpRequest signIn =
        HttpRequest.newBuilder(URI.create(flask.url("/login")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("uid=1"))
            .build();
    return cookie(client.send(signIn, HttpResponse.BodyHandlers.discarding()));
  }

  /** Name and value of the cookie that an answer sets. */
  static String cookie(HttpResponse<?> answer) throws IOException {
    String line =
        answer
            .headers()
            .firstValue("Set-Cookie")
            .orElseThrow(() -> new IOException("no cookie was set by " + answer.uri()));
    return line.split(";", 2)[0];
  }
}
