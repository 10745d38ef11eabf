// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.file.FileSessionStore;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Programs among the tests that run in a process of their own. */
public final class ChildJvm {
  private ChildJvm() {}

  /** The command line, behind what it shall be started with. */
  public static List<String> command(List<String> before, Class<?> main, String... arguments) {
    return command(before, List.of(), main, arguments);
  }

  /** The command line with the libraries that have these classes. */
  public static List<String> command(
      List<String> before, List<Class<?>> libraries, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    String classPath =
        Stream.concat(Stream.of(FileSessionStore.class, main), libraries.stream())
            .map(type -> of(type).toString())
            .collect(Collectors.joining(File.pathSeparator));
    command.addAll(List.of("-cp", classPath));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private static Path of(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
