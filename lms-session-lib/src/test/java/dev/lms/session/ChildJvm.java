package dev.lms.session;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs among the tests that run in a process of their own. */
final class ChildJvm {
  private ChildJvm() {}

  /** The command line, behind what it shall be started with. */
  static List<String> command(List<String> before, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    command.addAll(List.of("-cp", of(FileSessionStore.class) + File.pathSeparator + of(main)));
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
