// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How the tests start the shipped jar: most of its processes live for seconds, so they compile
 * little and map their classes from an archive. The first test that needs the archive makes it,
 * once for all processes that run tests, and anew for another jar.
 */
final class QuickStart {
  private static final Path JAR = Path.of("target", "lms-demo-app.jar").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> FLAGS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private QuickStart() {}

  /**
   * Starts the shipped jar in a folder of its own, and with these variables only: nothing of the
   * kind is inherited.
   *
   * @param inside makes the command that runs of the one that starts the jar
   */
  static Process launch(
      UnaryOperator<List<String>> inside,
      Map<String, String> env,
      Path scratch,
      List<String> arguments)
      throws IOException {
    if (!Files.exists(JAR)) {
      throw new IllegalStateException(JAR + " is missing; build it with: mvn package");
    }
    List<String> command = command(JAR);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(inside.apply(command)).directory(scratch.toFile());
    Map<String, String> environment = builder.environment();
    Map<String, String> inherited = new HashMap<>(environment);
    environment.clear();
    for (String name : List.of("PATH", "HOME", "TMPDIR", "LANG")) {
      if (inherited.containsKey(name)) {
        environment.put(name, inherited.get(name));
      }
    }
    environment.put("LMS_DATA_DIR", scratch.resolve("data").toString());
    // Else each would render some fifty pages that hardly a test looks at.
    environment.put("CACHE_WARM", "false");
    environment.putAll(env);
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  /** The command that starts this jar on this JVM. */
  private static List<String> command(Path jar) throws IOException {
    Path archive = archive(jar);
    if (!Files.exists(archive)) {
      Path lock = jar.resolveSibling("quick-start.lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !Files.exists(archive)) {
          make(jar, archive);
        }
      }
    }
    return command(jar, "-XX:SharedArchiveFile=" + archive);
  }

  private static Path archive(Path jar) throws IOException {
    String version = Files.getLastModifiedTime(jar).toMillis() + "-" + Runtime.version().feature();
    return jar.resolveSibling("quick-start-" + version + ".jsa");
  }

  private static List<String> command(Path jar, String flag) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(FLAGS);
    command.add(flag);
    // What it cannot use it does not use, and says nothing.
    command.add("-Xlog:disable");
    command.add("-Xlog:all=error:stderr");
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  /** With the classes that a site needs to start, and to show a page. */
  private static void make(Path jar, Path archive) throws IOException {
    Path draft = archive.resolveSibling(archive.getFileName() + ".draft");
    Path data = Files.createTempDirectory("lms-quick-start");
    List<String> command = command(jar, "-XX:ArchiveClassesAtExit=" + draft);
    command.add("serve");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("(LMS|SESSION|PAGE|REDIS)_.*"));
    builder.environment().putAll(Map.of("LMS_DATA_DIR", data.toString(), "LMS_PORT", "0"));
    Process site = builder.start();
    try (BufferedReader output = site.inputReader()) {
      String serving = output.readLine();
      if (serving == null || !serving.startsWith("Serving on ")) {
        throw new IllegalStateException(jar + " does not start: " + serving);
      }
      show(URI.create(serving.split(" ", -1)[2] + "/home"));
      // Process.destroy would close its output too.
      site.toHandle().destroy();
      output.lines().forEach(line -> {});
      if (!site.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(jar + " does not end");
      }
      Files.move(draft, archive, StandardCopyOption.ATOMIC_MOVE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      site.destroyForcibly();
      delete(data);
    }
  }

  private static void show(URI page) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(page).timeout(PATIENCE).build();
      int status = client.send(request, BodyHandlers.discarding()).statusCode();
      if (status != 200) {
        throw new IllegalStateException(page + " answers " + status);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
