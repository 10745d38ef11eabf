package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's program for the page cache, as a reader copies it. */
class NewsProgramTest {
  private static final Pattern NEWS =
      Pattern.compile("```java\n([^`]*public class News .*?)```\n", Pattern.DOTALL);

  private final HttpClient client = HttpClient.newHttpClient();
  private URI home = URI.create("http://localhost/");

  @Test
  void isSafeToCopy(@TempDir Path folder) throws Exception {
    Matcher program = NEWS.matcher(Files.readString(Path.of("../README.md")));
    assertTrue(program.find(), "the README has a class News");
    Path source = folder.resolve("News.java");
    Files.writeString(source, program.group(1));
    String classPath = System.getProperty("java.class.path");
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "--release", "17", "-cp", classPath, source.toString()));
    int port = freePort();
    home = URI.create("http://localhost:" + port + "/");
    ProcessBuilder java =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dport=" + port,
            "-cp",
            folder + System.getProperty("path.separator") + classPath,
            "News");
    java.environment().put("SECRET_KEY", "a reader's secret, at least 32 characters");
    java.directory(folder.toFile()).redirectErrorStream(true);
    java.redirectOutput(folder.resolve("output").toFile());
    Process process = java.start();
    try {
      awaitAnswers(process, folder.resolve("output"));
      isSafe();
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
        HttpResponse.BodyHandlers.ofString());
  }

  /** A HEAD first: nothing is stored yet. */
  private void awaitAnswers(Process process, Path output) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
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

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
