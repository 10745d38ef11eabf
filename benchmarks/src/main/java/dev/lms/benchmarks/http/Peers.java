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
public final class Peers {
  private Peers() {}

  public static Optional<String> varnishIsMissing() {
    return Programs.find("varnishd").isPresent()
        ? Optional.empty()
        : Optional.of("Varnish is left out: install it with  apt-get install varnish");
  }

  /** Varnish before a server; keeps what it gets for an hour, whatever the answer says. */
  static Background varnish(Path folder, Background backend) throws IOException {
    return varnish(
        folder,
        backend.port(),
        """
        sub vcl_recv { return (hash); }
        sub vcl_backend_response { set beresp.ttl = 1h; return (deliver); }
        """);
  }

  /**
   * Varnish before a server on this machine.
   *
   * @param folder which Varnish's worker, another user, can read
   * @param rules of its language, all but the backend
   */
  public static Background varnish(Path folder, int backend, String rules) throws IOException {
    Path program =
        Programs.find("varnishd").orElseThrow(() -> new IOException("varnishd is not there"));
    Path config = folder.resolve("varnish.vcl");
    Files.writeString(
        config,
        "vcl 4.1;\nbackend default { .host = \"127.0.0.1\"; .port = \"%d\"; }\n%s"
            .formatted(backend, rules));
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

  static Optional<String> nginxIsMissing() {
    return Programs.find("nginx").isPresent()
        ? Optional.empty()
        : Optional.of("nginx is left out: install it with  apt-get install nginx");
  }

  /** nginx before a server; keeps what it gets for an hour, whatever the answer says. */
  static Background nginx(Path folder, Background backend) throws IOException {
    Path program = Programs.find("nginx").orElseThrow(() -> new IOException("nginx is not there"));
    Path own = Files.createDirectory(folder.resolve("nginx"));
    Path config = own.resolve("nginx.conf");
    int port = Background.freePort();
    Files.writeString(
        config,
        """
        daemon off;
        worker_processes auto;
        pid nginx.pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          client_body_temp_path body;
          proxy_temp_path proxied;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          proxy_cache_path pages keys_zone=pages:10m max_size=64m inactive=1h;
          server {
            listen 127.0.0.1:%d backlog=1024;
            location / {
              proxy_cache pages;
              proxy_cache_valid 200 1h;
              proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
              proxy_pass http://127.0.0.1:%d;
            }
          }
        }
        """
            .formatted(port, backend.port()));
    return Background.start(
        port,
        own.resolve("log"),
        Map.of(),
        List.of(program.toString(), "-e", "stderr", "-p", own + "/", "-c", config.toString()));
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
