// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** Asks servers as a browser does that has at most one header field of its own. */
final class Client implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  HttpClient http() {
    return http;
  }

  /**
   * The body of an answer.
   *
   * @param field left out if its value is empty
   * @throws IOException also if the answer is an error
   */
  String ask(String method, String url, String field, String value)
      throws IOException, InterruptedException {
    return text(
        http.send(request(method, url, field, value), HttpResponse.BodyHandlers.ofString()));
  }

  /** The same, and does not wait. */
  CompletableFuture<String> begin(String method, String url, String field, String value) {
    return http.sendAsync(request(method, url, field, value), HttpResponse.BodyHandlers.ofString())
        .thenApply(
            answer -> {
              if (answer.statusCode() >= 400) {
                throw new IllegalStateException("answered with " + answer.statusCode());
              }
              return answer.body();
            });
  }

  private static HttpRequest request(String method, String url, String field, String value) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).method(method, BodyPublishers.noBody());
    return value.isEmpty() ? request.build() : request.header(field, value).build();
  }

  private static String text(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() >= 400) {
      throw new IOException("answered with " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    http.close();
  }
}
