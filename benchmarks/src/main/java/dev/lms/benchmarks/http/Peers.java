// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Other people's servers. Each says in a line what is missing, if it cannot be started. */
final class Peers {
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
