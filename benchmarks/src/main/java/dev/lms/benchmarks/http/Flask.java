// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A site on Flask and gunicorn with sessions and pages in Redis: {@code flask/app.py}. */
public final class Flask {
  static final String PAGE = "/page";
  public static final String SIGN_IN = "/sign-in";

  // What Debian installs, whichever other Python comes first on the PATH.
  private static final String PYTHON = "/usr/bin/python3";
  private static final String GUNICORN = "/usr/bin/gunicorn";

  private static final List<String> FILES =
      List.of("app.py", "meetings.py", "templates/courses.html");

  private Flask() {}

  /** Says in a line what to install; empty if it is there. */
  public static Optional<String> isMissing() throws IOException, InterruptedException {
    return Files.isExecutable(Path.of(PYTHON))
            && Files.isExecutable(Path.of(GUNICORN))
            && imports("flask, redis")
        ? Optional.empty()
        : Optional.of(
            "Flask is left out: install it with  apt-get install python3-flask python3-redis"
                + " gunicorn");
  }

  private static boolean imports(String modules) throws IOException, InterruptedException {
    return new ProcessBuilder(PYTHON, "-W", "ignore", "-c", "import " + modules)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  /** With as many workers as gunicorn's documentation advises. */
  static Background start(Path folder, String redisUrl) throws IOException, InterruptedException {
    int workers = 2 * Runtime.getRuntime().availableProcessors() + 1;
    return start(folder, "app:app", workers, Map.of("REDIS_URL", redisUrl));
  }

  /**
   * The same site, whose requests can be held up while others go on: {@code flask/meetings.py}.
   *
   * @param renderer where its pages are made, an address to which their names are added
   */
  public static Background startMeetings(Path folder, String redisUrl, String renderer, int workers)
      throws IOException, InterruptedException {
    Map<String, String> environment = Map.of("REDIS_URL", redisUrl, "RENDERER", renderer);
    return start(folder, "meetings:app", workers, environment);
  }

  private static Background start(
      Path folder, String site, int workers, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path app = Files.createTempDirectory(folder, "flask");
    Files.createDirectory(app.resolve("templates"));
    for (String file : FILES) {
      try (InputStream in = Flask.class.getResourceAsStream("flask/" + file)) {
        if (in == null) {
          throw new FileNotFoundException("flask/" + file);
        }
        Files.copy(in, app.resolve(file));
      }
    }
    int port = Background.freePort();
    Background server =
        Background.start(
            port,
            app.resolve("log"),
            environment,
            List.of(
                PYTHON,
                GUNICORN,
                "--chdir",
                app.toString(),
                "--workers",
                Integer.toString(workers),
                "--backlog",
                "2048",
                "--log-level",
                "error",
                "--bind",
                "127.0.0.1:" + port,
                site));
    server.await(PAGE);
    return server;
  }

  /** The cookie of somebody who signed in there. */
  static String signIn(HttpClient client, Background flask)
      throws IOException, InterruptedException {
    return signIn(client, flask, "student7");
  }

  /** The cookie of a person of its own. */
  public static String signIn(HttpClient client, Background flask, String person)
      throws IOException, InterruptedException {
    HttpRequest signIn =
        HttpRequest.newBuilder(URI.create(flask.url(SIGN_IN)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("person=" + person))
            .build();
    return Peers.cookie(client.send(signIn, HttpResponse.BodyHandlers.discarding()));
  }
}
