// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.PageCache;
import dev.lms.session.KeyRing;
import dev.lms.session.redis.server.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs below each library's {@code src/it/examples}, as a reader copies them. */
class ExamplesTest {
  private static final String SECRET = "a reader's secret, at least 32 characters";

  private final HttpClient client = HttpClient.newHttpClient();
  private URI home = URI.create("http://localhost/");

  @TempDir static Path classes;

  @BeforeAll
  static void compile() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--release", "17"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    arguments.addAll(List.of("-d", classes.toString()));
    for (String library : List.of("lms-session-lib", "lms-pagecache-lib")) {
      try (Stream<Path> files = Files.list(Path.of("..", library, "src/it/examples"))) {
        files.map(Path::toString).forEach(arguments::add);
      }
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, arguments.toArray(String[]::new));
    assertEquals(0, status, said.toString(StandardCharsets.UTF_8));
  }

  @Test
  void helloCountsTheVisitsOfEachVisitor(@TempDir Path folder) throws Exception {
    run(
        "Hello",
        folder,
        () -> {
          HttpResponse<String> first = send("GET", "/");
          assertEquals("Visit 1", first.body());
          String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
          HttpRequest again = HttpRequest.newBuilder(home).header("Cookie", cookie).build();
          assertEquals("Visit 2", client.send(again, BodyHandlers.ofString()).body());
          assertEquals("Visit 1", send("GET", "/").body());
        });
  }

  @Test
  void newsIsSafeToCopy(@TempDir Path folder) throws Exception {
    run("News", folder, this::isSafe);
  }

  @Test
  void allStoresKnowAVisitor(@TempDir Path folder) throws Exception {
    KeyRing keys = KeyRing.of(SECRET);
    try (RedisServer redis = RedisServer.start();
        URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      Method visits =
          loader
              .loadClass("Stores")
              .getDeclaredMethod("visits", String.class, Path.class, KeyRing.class);
      visits.setAccessible(true);
      for (String where : List.of(redis.url(), "cookies", "memory", "files")) {
        assertEquals(2L, visits.invoke(null, where, folder.resolve(where.split(":", 2)[0]), keys));
      }
    }
  }

  @Test
  void allStoresOfPagesArePurged(@TempDir Path folder) throws Exception {
    try (RedisServer redis = RedisServer.start();
        URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      Class<?> stores = loader.loadClass("PageStores");
      call(stores.getDeclaredMethod("inThisProcess")).purge("news");
      Method onThisMachine = stores.getDeclaredMethod("onThisMachine", Path.class);
      call(onThisMachine, folder.resolve("purges")).purge("news");
      call(stores.getDeclaredMethod("inRedis", String.class), redis.url()).purge("news");
    }
  }

  private static PageCache call(Method method, Object... arguments) throws Exception {
    method.setAccessible(true);
    return (PageCache) method.invoke(null, arguments);
  }

  private interface Visit {
    void go() throws Exception;
  }

  private void run(String program, Path folder, Visit visit) throws Exception {
    int port = WorkerProcess.freePorts(1);
    home = URI.create("http://localhost:" + port + "/");
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dport=" + port,
            "-cp",
            classes + File.pathSeparator + System.getProperty("java.class.path"),
            program);
    java.environment().put("SECRET_KEY", SECRET);
    java.directory(folder.toFile()).redirectErrorStream(true);
    java.redirectOutput(folder.resolve("output").toFile());
    Process process = java.start();
    try {
      awaitAnswers(process, folder.resolve("output"));
      visit.go();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private void isSafe() throws Exception {
    HttpResponse<String> first = send("GET", "/");
    assertEquals(200, first.statusCode());
    assertEquals("Hello stranger, here is the news", first.body());
    assertEquals(List.of("text/plain; charset=utf-8"), first.headers().allValues("Content-Type"));
    for (String method : List.of("FOO", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get")) {
      HttpResponse<String> refused = send(method, "/");
      assertEquals(405, refused.statusCode(), method);
      assertEquals(List.of("GET, HEAD"), refused.headers().allValues("Allow"));
      String after = cacheStatus(send("GET", "/"));
      assertTrue(after.startsWith("lms; hit"), () -> method + " " + after);
    }
    assertEquals(404, send("GET", "/favicon.ico").statusCode());
    assertEquals(404, send("FOO", "/x").statusCode());
    HttpResponse<String> head = send("HEAD", "/");
    assertEquals(200, head.statusCode());
    assertTrue(cacheStatus(head).startsWith("lms; hit"));
  }

  private static String cacheStatus(HttpResponse<?> response) {
    String status = response.headers().firstValue("Cache-Status").orElse(null);
    assertNotNull(status);
    return status;
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(home.resolve(path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  /** A HEAD first: nothing is stored yet. */
  private void awaitAnswers(Process process, Path output) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        assertEquals(200, send("HEAD", "/").statusCode());
        return;
      } catch (ConnectException e) {
        assertTrue(process.isAlive(), () -> read(output));
        assertTrue(System.nanoTime() < deadline, () -> read(output));
        Thread.sleep(50);
      }
    }
  }

  private static String read(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
