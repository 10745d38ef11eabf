// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kotlin's compiler takes the libraries' word for what may be null. */
class KotlinTest {
  private static final Path PROGRAMS = Path.of("src/test/kotlin");

  /** What a program has of the libraries, and no annotations of others. */
  private static final String LIBRARIES =
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
          .filter(
              part ->
                  part.matches(
                      ".*lms-(session|pagecache)-lib(/target/classes|-[^/]*\\.jar)"
                          + "|.*kotlin-stdlib-\\d[^/]*\\.jar"))
          .collect(Collectors.joining(File.pathSeparator));

  @TempDir Path folder;

  /** Returns what the compiler says against a program. */
  private String compile(String program) throws Exception {
    Object compiler =
        Class.forName("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler")
            .getDeclaredConstructor()
            .newInstance();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String[] arguments = {
      "-no-stdlib",
      "-no-reflect",
      "-Werror",
      "-cp",
      LIBRARIES,
      "-d",
      folder.toString(),
      PROGRAMS.resolve(program).toString()
    };
    Object outcome =
        compiler
            .getClass()
            .getMethod("exec", PrintStream.class, String[].class)
            .invoke(compiler, new PrintStream(said, true, UTF_8), arguments);
    String text = said.toString(UTF_8);
    assertEquals(String.valueOf(outcome).equals("OK"), !text.contains("error:"), outcome + text);
    return text;
  }

  @Test
  void aProgramIsCompiledAndRuns() throws Exception {
    assertEquals("", compile("Site.kt"));
    try (URLClassLoader classes = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      HttpServer server =
          (HttpServer) classes.loadClass("consumer.SiteKt").getMethod("site").invoke(null);
      server.start();
      try {
        for (String verdict :
            List.of("lms; fwd=miss; stored; detail=anon", "lms; hit; detail=anon")) {
          HttpResponse<String> answer = get(server);
          assertEquals("Hello nobody", answer.body());
          assertEquals(
              verdict,
              answer
                  .headers()
                  .firstValue("Cache-Status")
                  .orElseThrow()
                  .replaceAll("ttl=\\d+; ", ""));
        }
      } finally {
        server.stop(0);
      }
    }
  }

  private static HttpResponse<String> get(HttpServer server) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"))
                .timeout(Duration.ofSeconds(20))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** Each line that says so is refused, and no other. */
  @Test
  void whatMayBeNullIsNotTakenForWhatIsNeverNull() throws Exception {
    String text = compile("Refused.kt");
    List<String> lines = Files.readAllLines(PROGRAMS.resolve("Refused.kt"));
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1);
      assertEquals(
          line.contains("// refused"), text.contains("Refused.kt:" + number + ":"), line + text);
    }
    assertTrue(
        Arrays.stream(text.split("\n", -1)).anyMatch(line -> line.contains("String?")), text);
  }
}
