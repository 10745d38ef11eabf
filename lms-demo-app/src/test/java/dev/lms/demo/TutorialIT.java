// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows docs/tutorial.md from an empty folder: writes its files, runs its commands, takes its
 * steps. Maven gets the libraries as they were just built, and all else from where it has it.
 */
class TutorialIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The last one: off a terminal Maven 3.8 prints colours of nothing otherwise. */
  private static final String OPTIONS =
      "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djansi.noreset=true";

  private static final Path SHOP = Path.of("../lms-pagecache-lib/src/it/shop");
  private static final Pattern FILE =
      Pattern.compile("\\*\\*`([^`]+)`\\*\\*\n\n```\\w+\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^(?:SECRET_KEY=\\S+.*? )?mvn (-q .*)$");
  private static final Pattern TOKEN = Pattern.compile("name=token value=\"([^\"]+)\"");

  private final HttpClient client = HttpClient.newHttpClient();
  private URI shop = URI.create("http://localhost/");

  @TempDir Path temporary;

  @Test
  void leadsToAShop() throws Exception {
    String tutorial = Files.readString(Path.of("../docs/tutorial.md"));
    Map<String, String> files = new TreeMap<>();
    FILE.matcher(tutorial).results().forEach(file -> files.put(file.group(1), file.group(2)));
    assertEquals(example(), files, "the tutorial, and the example that it links to");
    Path project = temporary.resolve("shop");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = project.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    List<String> commands =
        COMMAND.matcher(tutorial).results().map(found -> found.group(1)).toList();
    assertEquals(List.of("-q compile exec:java", "-q test"), commands);
    Path repository = repository();
    try {
      assertEquals("", ended(maven(project, repository, commands.get(1))));
      runs(maven(project, repository, commands.get(0)));
    } finally {
      unlink(repository);
      unlink(repository.resolve("dev"));
    }
  }

  private void runs(Process running) throws Exception {
    try (BufferedReader said = running.inputReader()) {
      assertEquals("Open " + shop.resolve("/offers"), said.readLine());
      visit();
    } finally {
      running.descendants().forEach(ProcessHandle::destroyForcibly);
      running.destroyForcibly().waitFor();
    }
  }

  /** The steps of "The shop". */
  private void visit() throws Exception {
    HttpResponse<String> stranger = get("/offers", "none=");
    assertTrue(stranger.body().contains("Hello stranger"), stranger.body());
    assertFalse(stranger.body().contains("Tea"), stranger.body());
    assertEquals("lms; fwd=miss; stored; detail=anon", cacheStatus(stranger));
    assertTrue(cacheStatus(get("/offers", "none=")).startsWith("lms; hit"));

    HttpResponse<String> signedIn =
        post("/sign-in", "none=", "name=ann&password=secret&remember=on");
    String month = Long.toString(Duration.ofDays(30).toSeconds());
    assertTrue(setCookie(signedIn).contains("Max-Age=" + month), setCookie(signedIn));
    String ann = setCookie(signedIn).split(";", 2)[0];
    String offers = get("/offers", ann).body();
    assertTrue(offers.contains("Hello ann") && offers.contains("Tea at half price"), offers);

    assertEquals(303, post("/cart", ann, "name=tea&token=" + token("/cart", ann)).statusCode());
    assertTrue(get("/cart", ann).body().contains("1 x tea"));

    String bob = setCookie(post("/sign-in", "none=", "name=bob&password=secret")).split(";", 2)[0];
    HttpResponse<String> shared = get("/offers", bob);
    assertTrue(cacheStatus(shared).startsWith("lms; hit"), cacheStatus(shared));
    assertTrue(shared.body().contains("Hello bob"), shared.body());
    assertEquals(303, post("/sign-out", bob, "token=" + token("/offers", bob)).statusCode());
    assertTrue(get("/offers", bob).body().contains("Hello stranger"));

    String eve = setCookie(post("/sign-in", "none=", "name=eve&password=secret")).split(";", 2)[0];
    String edit = "offer=Free+cake&token=" + token("/offers", eve);
    assertEquals(303, post("/edit", eve, edit).statusCode());
    assertTrue(get("/offers", ann).body().contains("Free cake"));
  }

  private String token(String path, String cookie) throws Exception {
    Matcher token = TOKEN.matcher(get(path, cookie).body());
    assertTrue(token.find(), path);
    return token.group(1);
  }

  private static String cacheStatus(HttpResponse<?> answer) {
    return answer.headers().firstValue("Cache-Status").orElse("");
  }

  private static String setCookie(HttpResponse<?> answer) {
    return answer.headers().firstValue("Set-Cookie").orElse("");
  }

  private HttpResponse<String> get(String path, String cookie) throws Exception {
    return send(HttpRequest.newBuilder(shop.resolve(path)).header("Cookie", cookie));
  }

  private HttpResponse<String> post(String path, String cookie, String form) throws Exception {
    return send(
        HttpRequest.newBuilder(shop.resolve(path))
            .header("Cookie", cookie)
            .POST(BodyPublishers.ofString(form)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  private static Map<String, String> example() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(SHOP)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(SHOP.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  private Process maven(Path project, Path repository, String arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "mvn", "-o", "-Dmaven.legacyLocalRepo=true", "-Dmaven.repo.local=" + repository));
    if (arguments.endsWith("exec:java")) {
      int port = WorkerProcess.freePorts(1);
      shop = URI.create("http://localhost:" + port);
      command.add("-Dport=" + port);
    }
    command.addAll(List.of(arguments.split(" ", -1)));
    ProcessBuilder maven = new ProcessBuilder(command).directory(project.toFile());
    Path jdk = Jdks.jdk17().orElse(Jdks.own());
    maven.environment().put("JAVA_HOME", jdk.toString());
    maven.environment().put("MAVEN_OPTS", OPTIONS);
    maven.environment().put("SECRET_KEY", "a reader's secret, at least 32 characters");
    return maven.redirectErrorStream(true).start();
  }

  private static String ended(Process process) throws Exception {
    try {
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), said);
      assertEquals(0, process.exitValue(), said);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  /** As after {@code mvn install}: what the local repository holds, and the libraries as built. */
  private Path repository() throws IOException {
    Path gson = jar("gson");
    Path local = Path.of("/").resolve(gson.subpath(0, gson.getNameCount() - 7));
    Path repository = linked(local, temporary.resolve("repository"), "dev");
    Path lms = linked(local.resolve("dev"), repository.resolve("dev"), "lms").resolve("lms");
    Files.createDirectory(lms);
    Path parent = Path.of("../pom.xml");
    Files.copy(parent, folder(lms, "lms-parent").resolve("lms-parent-0.1.0-SNAPSHOT.pom"));
    for (String library : List.of("lms-session-lib", "lms-pagecache-lib")) {
      Path jar = jar(library);
      Path folder = folder(lms, library);
      String pom = jar.getFileName().toString().replace(".jar", ".pom");
      Files.copy(Path.of("..", library, "pom.xml"), folder.resolve(pom));
      for (String suffix : List.of(".jar", "-testkit.jar")) {
        Path file = jar.resolveSibling(jar.getFileName().toString().replace(".jar", suffix));
        if (Files.exists(file)) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
    return repository;
  }

  private static Path folder(Path lms, String artifact) throws IOException {
    return Files.createDirectories(lms.resolve(artifact).resolve("0.1.0-SNAPSHOT"));
  }

  /** Makes a folder of links to all that is in another, but for one. */
  private static Path linked(Path from, Path to, String but) throws IOException {
    Files.createDirectories(to);
    if (Files.isDirectory(from)) {
      try (Stream<Path> entries = Files.list(from)) {
        for (Path entry : entries.toList()) {
          if (!entry.endsWith(but)) {
            Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
          }
        }
      }
    }
    return to;
  }

  private static void unlink(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path link : entries.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  private static Path jar(String artifact) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(
            file -> file.getFileName().toString().matches(artifact + "-\\d[^-]*(-SNAPSHOT)?\\.jar"))
        .findFirst()
        .orElseThrow();
  }
}
