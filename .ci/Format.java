// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Formats every Java source of the project, its licence header included, or lists which are not
 * formatted. The root pom starts it on the JDK that it selects for compiling, so that the result
 * does not depend on Maven's own.
 *
 * <p>Arguments: {@code check} or {@code apply}, and the project's folder. Below that, {@code
 * target/unformatted.txt} exists afterwards if, and only if, something is not formatted; {@code
 * target/formatted.txt} remembers what need not be looked at again.
 */
class Format {

  /** What every source begins with: the short form of LICENSE and NOTICE. */
  private static final String HEADER =
      """
      // Copyright 2026 the lms authors
      // SPDX-License-Identifier: Apache-2.0
      """;

  /** Build output, and the programs that documents show. */
  private static final Set<String> SKIPPED = Set.of("target", "it", ".git", "lms-data");

  private final boolean apply;
  private final Set<String> known;
  private final Set<String> formatted = new ConcurrentSkipListSet<>();
  private final byte[] version;

  private Format(boolean apply, Set<String> known, byte[] version) {
    this.apply = apply;
    this.known = known;
    this.version = version;
  }

  public static void main(String[] args) throws IOException {
    boolean apply =
        switch (args[0]) {
          case "apply" -> true;
          case "check" -> false;
          default -> throw new IllegalArgumentException("-Dformat=check or apply, not " + args[0]);
        };
    Path root = Path.of(args[1]);
    Path target = Files.createDirectories(root.resolve("target"));
    Path memory = target.resolve("formatted.txt");
    Set<String> known = Files.exists(memory) ? Set.copyOf(Files.readAllLines(memory)) : Set.of();
    // Another release of the formatter, or another version of this file, looks at everything anew.
    String version =
        System.getProperty("java.class.path") + Files.readString(root.resolve(".ci/Format.java"));

    Format format = new Format(apply, known, version.getBytes(UTF_8));
    List<String> changed =
        sources(root).parallelStream()
            .filter(format::changes)
            .map(file -> root.relativize(file).toString())
            .sorted()
            .toList();

    Files.write(memory, format.formatted);
    changed.forEach(file -> System.out.println((apply ? "Formatted " : "Not formatted: ") + file));
    Path report = target.resolve("unformatted.txt");
    if (apply || changed.isEmpty()) {
      Files.deleteIfExists(report);
    } else {
      Files.write(report, changed);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(root) && SKIPPED.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  /** Whether formatting changes this file; writes it if we apply. */
  private boolean changes(Path file) {
    try {
      String before = Files.readString(file);
      String digest = digest(before);
      if (known.contains(digest)) {
        formatted.add(digest);
        return false;
      }
      String after = format(before);
      if (apply || after.equals(before)) {
        formatted.add(digest(after));
      }
      if (after.equals(before)) {
        return false;
      }
      if (apply) {
        Files.writeString(file, after);
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FormatterException e) {
      throw new IllegalStateException("Cannot format " + file + ": " + e.getMessage(), e);
    }
  }

  private static String format(String source) throws FormatterException {
    String headed = source.startsWith(HEADER) ? source : HEADER + source;
    String pruned = RemoveUnusedImports.removeUnusedImports(headed);
    String ordered = ImportOrderer.reorderImports(pruned, JavaFormatterOptions.Style.GOOGLE);
    return new Formatter().formatSource(ordered);
  }

  private String digest(String source) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(version);
      return HexFormat.of().formatHex(sha.digest(source.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
