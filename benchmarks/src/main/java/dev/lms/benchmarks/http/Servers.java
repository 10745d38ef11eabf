// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What a run starts on loopback, with a folder for what they write. Stops and deletes it all. */
final class Servers implements AutoCloseable {
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;

  Servers() throws IOException {
    folder = Files.createTempDirectory("lms-benchmark");
    // Varnish's worker runs as somebody else and must get at its own folder inside.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    // However this program ends; every server stops itself likewise.
    Runtime.getRuntime().addShutdownHook(new Thread(this::deleteFolder));
  }

  Path folder() {
    return folder;
  }

  HttpClient client() {
    return client;
  }

  /** Stops it at the end, before those that were started earlier. */
  <T extends AutoCloseable> T keep(T server) {
    started.push(server);
    return server;
  }

  /** Starts one of the JVM's, with the arguments of {@link Contender#main}. */
  Background contender(String... arguments) throws IOException {
    return contender(Provider.JDK, arguments);
  }

  /** The same on another's server. */
  Background contender(Provider provider, String... arguments) throws IOException {
    return contender(provider, List.of(), arguments);
  }

  /** The same with these options of the JVM. */
  Background contender(Provider provider, List<String> jvm, String... arguments)
      throws IOException {
    int port = Background.freePort();
    return start(port, Contender.command(provider, jvm, port, arguments));
  }

  /** Jetty with Spring Session. */
  Background spring(String redisUrl) throws IOException {
    int port = Background.freePort();
    return start(port, SpringContender.command(port, redisUrl));
  }

  private Background start(int port, List<String> command) throws IOException {
    Path log = folder.resolve("contender-" + port + ".log");
    return keep(Background.start(port, log, Map.of(), command));
  }

  /** Starts a handler that gives this answer again. */
  Background answering(Recorded answer) throws IOException {
    return contender("answer", write(answer).toString());
  }

  /** Into a file of its own. */
  Path write(Recorded answer) throws IOException {
    Path file = Files.createTempFile(folder, "answer", "");
    answer.write(file);
    return file;
  }

  /** What the cache answers from the second time on. */
  Recorded hit(Target target) throws IOException, InterruptedException {
    Recorded.of(client, target);
    Recorded answer = Recorded.of(client, target);
    if (!answer.field("Cache-Status").contains("hit")) {
      throw new IOException(target + " is no hit: " + answer.fields());
    }
    return answer;
  }

  /** The cookie of somebody who signs in. */
  String signIn(Background site) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(site.url(Pages.SIGN_IN))).build();
    return Peers.cookie(client.send(request, HttpResponse.BodyHandlers.discarding()));
  }

  /** The text of a page. */
  String get(Background server, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(server.url(path))).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Override
  public void close() {
    for (AutoCloseable server : started) {
      try {
        server.close();
      } catch (Exception e) {
        System.err.println("Could not stop a server: " + e.getMessage());
      }
    }
    client.close();
    deleteFolder();
  }

  private void deleteFolder() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> Objects.requireNonNull(file).toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      System.err.println("Could not delete " + folder + ": " + e.getMessage());
    }
  }
}
