// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks, before any test runs, for what tests need and Maven cannot bring. The root pom starts it.
 *
 * <p>Argument: the project's folder. Below that, {@code target/missing.txt} exists afterwards if,
 * and only if, something is missing.
 */
class Prerequisites {

  /** A command that tests start, and the Debian package that brings it. */
  private record Command(String name, String debianPackage) {

    boolean isMissing() {
      // Servers lie where only root's PATH leads.
      String path = System.getenv("PATH") + File.pathSeparator + "/usr/local/sbin:/usr/sbin";
      return Stream.concat(
              Stream.of(path.split(File.pathSeparator)).map(Path::of), versionsOfPostgres())
          .noneMatch(folder -> Files.isExecutable(folder.resolve(name)));
    }

    /** Debian keeps its programs where no PATH leads. */
    private static Stream<Path> versionsOfPostgres() {
      File[] versions = new File("/usr/lib/postgresql").listFiles();
      return versions == null
          ? Stream.empty()
          : Stream.of(versions).map(version -> version.toPath().resolve("bin"));
    }
  }

  private static final List<Command> NEEDED =
      List.of(
          new Command("nginx", "nginx"),
          new Command("chromium", "chromium"),
          new Command("node", "nodejs"),
          new Command("initdb", "postgresql"));

  public static void main(String[] args) throws IOException {
    List<String> packages = new ArrayList<>();
    for (Command command : NEEDED) {
      if (command.isMissing()) {
        System.out.println(
            "Tests need "
                + command.name()
                + ", which is neither on the PATH nor where Debian puts it");
        packages.add(command.debianPackage());
      }
    }
    Path report = Files.createDirectories(Path.of(args[0], "target")).resolve("missing.txt");
    if (packages.isEmpty()) {
      Files.deleteIfExists(report);
    } else {
      System.out.println("To install: sudo apt-get install " + String.join(" ", packages));
      Files.write(report, packages);
    }
    if (!hasJdk17()) {
      System.out.println("No JDK 17 beside this one: the libraries are not tested on it");
    }
  }

  /** Distributions keep their JDKs side by side. */
  private static boolean hasJdk17() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toAbsolutePath();
    try (Stream<Path> folders = Files.list(own.resolveSibling("."))) {
      return folders.anyMatch(Prerequisites::isJdk17);
    }
  }

  private static boolean isJdk17(Path folder) {
    Path release = folder.resolve("release");
    try {
      return Files.isReadable(release) && Files.readString(release).contains("JAVA_VERSION=\"17.");
    } catch (IOException e) {
      return false;
    }
  }
}
