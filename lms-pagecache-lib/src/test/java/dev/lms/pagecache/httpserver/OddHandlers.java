// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Handlers that use the server's interface in odd ways, by what they do. */
final class OddHandlers {
  static final int CAP = 100_000;

  /** Does something odd, and notes what became of it. */
  interface Odd {
    void handle(HttpExchange exchange, List<String> noted) throws IOException;
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void note(List<String> noted, String name, Step step) {
    try {
      step.run();
      noted.add(name);
    } catch (IOException e) {
      noted.add(name + " fails");
    }
  }

  private static void write(HttpExchange exchange, String text) throws IOException {
    exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
  }

  static final Map<String, Odd> ODD = new LinkedHashMap<>();

  static {
    ODD.put(
        "nothing",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    ODD.put(
        "nothingAndABodyThatIsClosed",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, -1);
          note(noted, "write", () -> write(exchange, ""));
          note(noted, "write more", () -> write(exchange, "x"));
          note(noted, "close", () -> exchange.getResponseBody().close());
        });
    ODD.put(
        "emptyChunks",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().close();
        });
    ODD.put(
        "chunks",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          exchange.getResponseBody().flush();
          write(exchange, "def");
          exchange.close();
        });
    ODD.put(
        "oneByteTooMany",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 3);
          note(noted, "write", () -> write(exchange, "abc"));
          note(noted, "write more", () -> write(exchange, "d"));
          note(noted, "close", () -> exchange.getResponseBody().close());
        });
    ODD.put(
        "tooManyAtOnce",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 3);
          note(noted, "write", () -> write(exchange, "abcd"));
          note(noted, "write less", () -> write(exchange, "abc"));
          note(noted, "close", () -> exchange.getResponseBody().close());
        });
    ODD.put(
        "closeTwice",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          note(noted, "close", () -> exchange.getResponseBody().close());
          note(noted, "close", () -> exchange.getResponseBody().close());
          note(noted, "close all", exchange::close);
          note(noted, "close all", exchange::close);
        });
    ODD.put(
        "writeAfterClose",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          note(noted, "close", () -> exchange.getResponseBody().close());
          note(noted, "write", () -> write(exchange, "d"));
        });
    ODD.put(
        "writeAfterTheExchangeWasClosed",
        (exchange, noted) -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          exchange.close();
          note(noted, "write", () -> write(exchange, "d"));
        });
    ODD.put(
        "headersAfterHeaders",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("X-Before", "1");
          exchange.sendResponseHeaders(200, 3);
          exchange.getResponseHeaders().set("X-After", "1");
          exchange.getResponseHeaders().remove("X-Before");
          exchange.getResponseHeaders().add("Set-Cookie", "late=1");
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "headersTwice",
        (exchange, noted) -> {
          note(noted, "headers", () -> exchange.sendResponseHeaders(404, 3));
          note(noted, "headers", () -> exchange.sendResponseHeaders(200, 4));
          noted.add("status " + exchange.getResponseCode());
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "bodyBeforeHeaders",
        (exchange, noted) -> {
          OutputStream body = exchange.getResponseBody();
          noted.add("status " + exchange.getResponseCode());
          note(noted, "write", () -> body.write('x'));
          exchange.sendResponseHeaders(200, 3);
          body.write("abc".getBytes(StandardCharsets.UTF_8));
          body.close();
        });
    for (int status : List.of(204, 304)) {
      for (long length : List.of(0L, -1L, 5L)) {
        ODD.put(
            "s" + status + "of" + length,
            (exchange, noted) -> {
              exchange.getResponseHeaders().set("X-Kept", "1");
              exchange.sendResponseHeaders(status, length);
              note(noted, "write", () -> write(exchange, "abcde"));
              exchange.close();
            });
      }
      ODD.put(
          "s" + status + "leftOpen",
          (exchange, noted) -> {
            exchange.sendResponseHeaders(status, 0);
          });
    }
    for (int status : List.of(201, 205, 206, 302, 400, 404, 416, 500, 599)) {
      for (long length : List.of(-1L, 3L)) {
        ODD.put(
            "s" + status + "of" + length,
            (exchange, noted) -> {
              exchange.getResponseHeaders().set("Content-Range", "bytes 0-2/9");
              exchange.getResponseHeaders().set("Location", "/elsewhere");
              exchange.getResponseHeaders().set("ETag", "\"own\"");
              exchange.sendResponseHeaders(status, length);
              if (length > 0) {
                write(exchange, "abc");
              }
              exchange.close();
            });
      }
    }
    for (int status : List.of(100, 103)) {
      ODD.put(
          "s" + status,
          (exchange, noted) -> {
            exchange.sendResponseHeaders(status, -1);
            note(noted, "headers", () -> exchange.sendResponseHeaders(200, -1));
            exchange.close();
          });
    }
    ODD.put(
        "HEADofNothing",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.getResponseHeaders().set("Content-Length", "5000");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    for (long length : List.of(0L, 5000L)) {
      ODD.put(
          "HEADof" + length,
          (exchange, noted) -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, length);
            exchange.close();
          });
      ODD.put(
          "HEADthatWrites" + length,
          (exchange, noted) -> {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, length);
            note(noted, "write", () -> write(exchange, "a".repeat(5000)));
            exchange.close();
          });
    }
    ODD.put(
        "ownContentLength",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("Content-Length", "77");
          exchange.sendResponseHeaders(200, 0);
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "connectionClose",
        (exchange, noted) -> {
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          exchange.close();
        });
    ODD.put(
        "severalFields",
        (exchange, noted) -> {
          exchange.getResponseHeaders().add("x-a", "1");
          exchange.getResponseHeaders().add("X-A", "2");
          exchange.getResponseHeaders().add("X-Empty", "");
          exchange.getResponseHeaders().add("Set-Cookie", "a=1");
          exchange.getResponseHeaders().add("Set-Cookie", "b=2");
          exchange.getResponseHeaders().add("Link", "<a>; rel=b");
          exchange.getResponseHeaders().add("Link", "<c>; rel=d");
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          exchange.close();
        });
    for (long length : List.of(0L, 3L * CAP)) {
      ODD.put(
          "longOf" + length,
          (exchange, noted) -> {
            exchange.getResponseHeaders().set("ETag", "\"own\"");
            exchange.sendResponseHeaders(200, length);
            for (int i = 0; i < 30; i++) {
              write(exchange, "x".repeat(CAP / 10));
            }
            exchange.close();
          });
    }
    ODD.put(
        "wrappedBody",
        (exchange, noted) -> {
          exchange.setStreams(
              null,
              new FilterOutputStream(exchange.getResponseBody()) {
                @Override
                public void write(int b) throws IOException {
                  out.write(Character.toUpperCase(b));
                }
              });
          exchange.sendResponseHeaders(200, 3);
          write(exchange, "abc");
          exchange.getResponseBody().close();
        });
    ODD.put(
        "throwsBeforehand",
        (exchange, noted) -> {
          throw new IOException("no answer");
        });
    ODD.put("closesWithoutAnswer", (exchange, noted) -> exchange.close());
  }
}
