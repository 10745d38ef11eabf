// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The Spring Boot application of the documents, in this process or in one of its own. */
final class SpringWorker implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String LOGGING = "org.springframework.boot.logging.LoggingSystem";

  private final int port;
  private final AutoCloseable running;

  private SpringWorker(int port, AutoCloseable running) {
    this.port = port;
    this.running = running;
  }

  static ConfigurableApplicationContext run(Path sessions) {
    System.setProperty(LOGGING, "none"); // What the build logs with is set up already.
    return SpringApplication.run(
        SpringSite.class,
        "--server.address=127.0.0.1",
        "--server.port=0",
        "--spring.main.banner-mode=off",
        "--spring.mvc.publish-request-handled-events=false",
        "--site.secret=a secret for tests, long enough 0001",
        "--site.sessions=" + sessions);
  }

  private static int portOf(ConfigurableApplicationContext site) {
    return site.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  static SpringWorker of(ConfigurableApplicationContext site) {
    return new SpringWorker(portOf(site), site);
  }

  /** Says its port, and ends with its standard input. */
  public static void main(String... folder) throws IOException {
    // A start is no news to who reads what the build says.
    Logger.getLogger("").setLevel(Level.WARNING);
    try (ConfigurableApplicationContext site = run(Path.of(folder[0]))) {
      System.out.println(portOf(site));
      System.in.transferTo(System.out);
    }
  }

  static Process launch(Path sessions) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            SpringWorker.class.getName(),
            sessions.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The application in a process of its own, when it answers. */
  static SpringWorker in(Process process) throws IOException {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return new SpringWorker(
        Integer.parseInt(said.readLine()),
        () -> {
          process.getOutputStream().close();
          if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
          }
        });
  }

  HttpRequest.Builder request(String path, String cookie) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20));
    return cookie.isEmpty() ? request : request.header("Cookie", cookie);
  }

  static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String cookie) throws Exception {
    return send(request(path, cookie));
  }

  /** With the token of the forms that this session is shown. */
  HttpResponse<String> post(String path, String form, String cookie) throws Exception {
    return send(posting(path, form, cookie).header("X-CSRF-TOKEN", get("/token", cookie).body()));
  }

  HttpRequest.Builder posting(String path, String form, String cookie) {
    return request(path, cookie)
        .POST(HttpRequest.BodyPublishers.ofString(form))
        .header("Content-Type", "application/x-www-form-urlencoded");
  }

  static List<String> cookies(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .map(line -> line.replaceAll(";.*", ""))
        .toList();
  }

  @Override
  public void close() throws Exception {
    running.close();
  }
}
