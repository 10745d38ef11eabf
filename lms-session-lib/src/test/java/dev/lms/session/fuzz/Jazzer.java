// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a target under Jazzer's own driver, in a process of its own: that driver instruments what it
 * loads, and its JUnit integration does not know this JUnit. The property {@code fuzz.seconds} says
 * how long; what was found stays in {@code target/fuzz}.
 */
public final class Jazzer {
  private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";
  private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in");

  /** In the process of the driver. */
  private static @Nullable FuzzTarget target;

  private Jazzer() {}

  /** Called by the driver. */
  public static void fuzzerInitialize(String[] arguments) throws ReflectiveOperationException {
    Constructor<?> made = Class.forName(arguments[0]).getDeclaredConstructor();
    made.setAccessible(true);
    target = (FuzzTarget) made.newInstance();
  }

  /** Called by the driver. */
  public static void fuzzerTestOneInput(byte[] input) {
    Objects.requireNonNull(target).run(input);
  }

  static void run(Class<?> target, List<byte[]> seeds) throws Exception {
    Path folder = Path.of("target", "fuzz", target.getSimpleName()).toAbsolutePath();
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    Path begin = Files.createDirectories(folder.resolve("seeds"));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(begin.resolve(Integer.toString(i)), seeds.get(i));
    }
    Path output = folder.resolve("output.txt");
    Process driver =
        new ProcessBuilder(command(target, folder, corpus, begin))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int code = driver.waitFor();
    String told = Files.readString(output);
    assertEquals(0, code, () -> findings(folder) + told);
    Matcher done = DONE.matcher(told);
    assertTrue(done.find() && Long.parseLong(done.group(1)) > seeds.size(), told);
    System.out.println(target.getSimpleName() + ": " + done.group());
  }

  private static List<String> command(Class<?> target, Path folder, Path corpus, Path seeds) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "-Xss1m"));
    command.addAll(List.of("-cp", classPath(), DRIVER));
    command.add("--target_class=" + Jazzer.class.getName());
    command.add("--target_args=" + target.getName());
    command.add("--instrumentation_includes=dev.lms.**:com.google.gson.**");
    command.add("-max_total_time=" + Long.getLong("fuzz.seconds", 25));
    command.addAll(List.of("-max_len=4096", "-timeout=30", "-rss_limit_mb=0"));
    command.add("-artifact_prefix=" + folder + File.separator);
    command.add(corpus.toString());
    command.add(seeds.toString());
    return command;
  }

  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String findings(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().contains("-"))
          .map(Jazzer::written)
          .collect(Collectors.joining("\n", "", "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String written(Path file) {
    try {
      return file.getFileName() + ": " + Seeds.written(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
