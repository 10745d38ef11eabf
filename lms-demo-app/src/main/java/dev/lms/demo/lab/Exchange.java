// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Requests of the lab to the workers of this site. Thread-safe. */
final class Exchange implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Lock opening = new ReentrantLock();
  private final String key;
  private volatile @Nullable HttpClient client;

  Exchange(LabKey key) {
    this.key = key.word();
  }

  /** Opened by the first experiment: it costs more than the rest of the lab. */
  private HttpClient client() {
    opening.lock();
    try {
      HttpClient open = client;
      if (open == null) {
        open = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        client = open;
      }
      return open;
    } finally {
      opening.unlock();
    }
  }

  /** GET, with names and values of headers in turn. */
  HttpResponse<String> get(URI address, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address).GET();
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** POST of a form. */
  HttpResponse<String> post(URI address, Map<String, String> form, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** Tells a worker to do something that only workers may tell each other. */
  HttpResponse<String> tell(
      LabWorker worker, String what, Map<String, String> form, String... headers) {
    URI address = worker.address().resolve(WorkerEnd.ROOT + what);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header(LabKey.HEADER, key)
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form)));
    HttpResponse<String> answer = send(headers.length == 0 ? request : request.headers(headers));
    if (answer.statusCode() != 200) {
      throw failed(worker.name() + " answered " + answer.statusCode() + " to " + what);
    }
    return answer;
  }

  /** The process that answers at an address; something else if none for experiments does. */
  String whoIs(URI worker) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(worker.resolve(WorkerEnd.ROOT + "pid"))
            .timeout(Duration.ofSeconds(2))
            .header(LabKey.HEADER, key)
            .build();
    HttpResponse<String> answer = client().send(request, HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 200 ? answer.body() : "";
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    request.timeout(PATIENCE).setHeader("User-Agent", "The lab");
    try {
      return client().send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw failed("A worker did not answer: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("The experiment was interrupted.");
    }
  }

  static HttpProblem failed(String why) {
    return new HttpProblem(502, "The experiment failed", why);
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    HttpClient open = client;
    if (open != null) {
      open.shutdownNow();
    }
  }
}
