// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/** The nginx configuration that spreads requests over the workers. */
public final class NginxConf {

  private NginxConf() {}

  /**
   * Writes a file for nginx's {@code http} block, whole or not at all.
   *
   * @param host what the workers listen on
   * @param firstPort of {@code count} consecutive ones
   * @param requestTimeout how long the workers may take over an answer
   */
  public static void write(
      Path file, String host, int firstPort, int count, Duration requestTimeout)
      throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null || Files.isDirectory(target)) {
      throw new IOException(file + " is a folder");
    }
    // nginx reads it as another user: a temporary file's private mode would lock it out.
    Path temporary = folder.resolve(target.getFileName() + ".new");
    Files.writeString(temporary, render(host, firstPort, count, requestTimeout));
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static String render(String host, int firstPort, int count, Duration requestTimeout) {
    StringBuilder servers = new StringBuilder();
    for (int port = firstPort; port < firstPort + count; port++) {
      servers
          .append("    server ")
          .append(reachable(host))
          .append(':')
          .append(port)
          .append(" max_fails=1 fail_timeout=2s;\n");
    }
    return """
        # Written by: lmsctl serve --nginx-conf. Include it in nginx's http block.
        upstream lms_workers {
            least_conn;
        %s    keepalive 32;
            # Shorter than the workers' own 30 s, so that nginx is the one to close.
            keepalive_timeout 20s;
        }

        server {
            listen 80;
            server_name _;
            client_max_body_size 1m;

            # What a worker may send and receive: session cookies have up to 4 KiB, headers 16 KiB.
            large_client_header_buffers 4 16k;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;

            # For the load balancer and the operators, not for visitors.
            location ~ ^/(livez|readyz|healthz|health|metrics)$ {
                allow 127.0.0.1;
                allow ::1;
                deny all;
                proxy_pass http://lms_workers;
            }

            location / {
                proxy_pass http://lms_workers;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_set_header Host $http_host;
                # Believed by workers with LMS_TRUSTED_PROXIES=127.0.0.1.
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                proxy_set_header X-Forwarded-Proto $scheme;
                # A worker that is gone is passed over; a post is never sent twice.
                proxy_next_upstream error timeout;
                proxy_connect_timeout 2s;
                # A little longer than LMS_REQUEST_TIMEOUT.
                proxy_read_timeout %ds;
            }
        }
        """
        .formatted(servers, requestTimeout.toSeconds() + 5);
  }

  /** A worker that listens everywhere is reached here. */
  private static String reachable(String host) {
    if (host.equals("0.0.0.0")) {
      return "127.0.0.1";
    }
    if (host.equals("::") || host.equals("[::]")) {
      return "[::1]";
    }
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }
}
