// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** An answer as it came over HTTP, for another server to give again. */
final class Recorded {
  private static final Set<String> OF_THE_SERVER =
      Set.of("date", "content-length", "connection", "transfer-encoding");

  private final int status;
  private final Map<String, List<String>> fields;
  private final byte[] body;

  private Recorded(int status, Map<String, List<String>> fields, byte[] body) {
    this.status = status;
    this.fields = fields;
    this.body = body;
  }

  int status() {
    return status;
  }

  /** The header fields that the server itself does not set. */
  Map<String, List<String>> fields() {
    return fields;
  }

  /** Not to be changed. */
  byte[] body() {
    return body;
  }

  /** What a server answers to this request. */
  static Recorded of(HttpClient client, Target target) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.url()));
    target.headers().forEach(request::header);
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    answer
        .headers()
        .map()
        .forEach(
            (name, lines) -> {
              if (!OF_THE_SERVER.contains(name)) {
                fields.put(name, lines);
              }
            });
    return new Recorded(answer.statusCode(), fields, answer.body());
  }

  String field(String name) {
    List<String> lines = fields.get(name);
    if (lines == null) {
      throw new IllegalStateException("no " + name + " in " + fields);
    }
    return lines.get(0);
  }

  void write(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringBuilder head = new StringBuilder().append(status).append('\n');
    fields.forEach(
        (name, lines) ->
            lines.forEach(line -> head.append(name).append(": ").append(line).append('\n')));
    out.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    out.writeBytes(body);
    Files.write(file, out.toByteArray());
  }

  static Recorded read(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int headEnd = text.indexOf("\n\n");
    List<String> lines = text.substring(0, headEnd).lines().toList();
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(": ");
      fields
          .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
          .add(line.substring(colon + 2));
    }
    byte[] body = new byte[all.length - headEnd - 2];
    System.arraycopy(all, headEnd + 2, body, 0, body.length);
    return new Recorded(Integer.parseInt(lines.get(0)), fields, body);
  }

  @Override
  public String toString() {
    return status + " " + fields;
  }
}
