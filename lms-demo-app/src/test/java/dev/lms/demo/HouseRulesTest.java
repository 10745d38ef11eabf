// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house that the compiler and the module system cannot hold. */
class HouseRulesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Comments and texts, in which every name may stand. */
  private static final String NO_CODE =
      "(?s)/\\*.*?\\*/|//[^\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*+\"";

  private record Source(Path file, String text) {
    boolean isIn(String part) {
      return file.toString().replace('\\', '/').contains(part);
    }
  }

  private static List<Source> sources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      List<Source> sources =
          modules
              .map(module -> module.resolve("src/main/java"))
              .filter(Files::isDirectory)
              .flatMap(HouseRulesTest::javaFiles)
              .map(HouseRulesTest::read)
              .toList();
      assertFalse(sources.isEmpty());
      return sources;
    }
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Source read(Path file) {
    try {
      return new Source(ROOT.relativize(file), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertNowhere(String pattern, Predicate<Source> except) throws IOException {
    Pattern forbidden = Pattern.compile(pattern);
    List<Path> found =
        sources().stream()
            .filter(except.negate())
            .filter(source -> forbidden.matcher(source.text()).find())
            .map(Source::file)
            .toList();
    assertEquals(List.of(), found, pattern);
  }

  private static boolean isBenchmark(Source source) {
    return source.isIn("benchmarks/");
  }

  /** Drawn by who names whom: from the top down, each file of a front sees only those below it. */
  @Test
  void noFileOfAFrontLeadsBackToItself() throws IOException {
    for (String front : List.of("dev.lms.session", "dev.lms.pagecache")) {
      Map<String, String> code = new TreeMap<>();
      for (Source source : sources()) {
        if (source.text().contains("\npackage " + front + ";")) {
          String name = source.file().getFileName().toString().replace(".java", "");
          code.put(name, source.text().replaceAll(NO_CODE, ""));
        }
      }
      code.remove("package-info");
      assertTrue(code.size() > 20, code.keySet() + " are not all files of " + front);
      Map<String, Set<String>> left = new TreeMap<>();
      code.forEach((name, text) -> left.put(name, named(text, code.keySet(), name)));
      boolean taken = true;
      while (taken) {
        taken = left.values().removeIf(others -> others.stream().noneMatch(left::containsKey));
      }
      assertEquals(Map.of(), left, "they name each other");
    }
  }

  private static Set<String> named(String text, Set<String> names, String self) {
    return Pattern.compile("(?<![\\w.])[A-Z]\\w*")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(name -> names.contains(name) && !name.equals(self))
        .filter(name -> !text.matches("(?s).*\nimport [\\w.]+\\." + name + ";.*"))
        .collect(Collectors.toSet());
  }

  /** Whatever they hold: code, tests, resources, mutants. */
  @Test
  void noFolderHoldsMoreThanFortyFiles() throws IOException {
    Map<Path, Integer> folders = new TreeMap<>();
    visit(file -> folders.merge(ROOT.relativize(file.resolveSibling("")), 1, Integer::sum));
    assertTrue(folders.size() > 100, folders.keySet() + " are not all folders");
    folders.values().removeIf(files -> files <= 40);
    assertEquals(Map.of(), folders);
  }

  /** Of code and of tests, in every module, its examples included. */
  @Test
  void noFileOfJavaIsLongerThanFourHundredLines() throws IOException {
    Map<Path, Integer> files = new TreeMap<>();
    visit(
        file -> {
          if (file.toString().endsWith(".java")) {
            files.put(ROOT.relativize(file), (int) read(file).text().lines().count());
          }
        });
    assertTrue(files.size() > 800, files.size() + " are not all files");
    files.values().removeIf(lines -> lines <= 400);
    assertEquals(Map.of(), files);
  }

  /** Every file of the checkout but what a build or a run made. */
  private static void visit(Consumer<Path> look) throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes facts) {
            String name = folder.getFileName().toString();
            boolean isMade =
                name.equals("target") || name.equals("lms-data") || name.startsWith(".");
            return isMade && !folder.equals(ROOT)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
            look.accept(file);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Licences of others ask for their names and texts in what is handed out. */
  @Test
  void theExecutableJarSaysWhoseSoftwareItHolds() throws IOException {
    String said =
        Files.readString(ROOT.resolve("lms-demo-app/src/main/resources/META-INF/THIRD-PARTY"));
    String pom = Files.readString(ROOT.resolve("lms-demo-app/pom.xml"));
    List<String> unsaid =
        Pattern.compile("(?s)<dependency>(.*?)</dependency>")
            .matcher(pom)
            .results()
            .map(found -> found.group(1))
            .filter(one -> !one.contains("<scope>test<") && !one.contains("<scope>provided<"))
            .map(one -> one.replaceAll("(?s).*<artifactId>(.*?)</artifactId>.*", "$1"))
            .filter(name -> !name.startsWith("lms-"))
            .filter(name -> !Pattern.compile("\\b" + name + "\\b").matcher(said).find())
            .toList();
    assertEquals(List.of(), unsaid);
    assertTrue(said.contains("PostgreSQL Global Development Group") && pom.contains("postgresql"));
  }

  /** Kotlin's compiler looks for that in packages only. */
  @Test
  void everyExportedPackageSaysWhatMayBeNull() throws IOException {
    for (String library : List.of("lms-session-lib", "lms-pagecache-lib")) {
      Path sources = ROOT.resolve(library).resolve("src/main/java");
      List<String> exported =
          Pattern.compile("exports (\\S+);")
              .matcher(Files.readString(sources.resolve("module-info.java")))
              .results()
              .map(found -> found.group(1))
              .toList();
      assertFalse(exported.isEmpty());
      for (String name : exported) {
        Path about = sources.resolve(name.replace('.', '/')).resolve("package-info.java");
        assertTrue(Files.readString(about).contains("\n@NullMarked\npackage"), name);
      }
    }
  }

  @Test
  void sessionsAndPagesDoNotKnowEachOther() throws IOException {
    assertNowhere("dev\\.lms\\.pagecache", source -> !source.isIn("lms-session-lib/"));
    assertNowhere("dev\\.lms\\.session", source -> !source.isIn("lms-pagecache-lib/"));
  }

  @Test
  void nothingDependsOnTheDemoOrTheBenchmarks() throws IOException {
    assertNowhere("dev\\.lms\\.demo", source -> source.isIn("lms-demo-app/"));
    assertNowhere("dev\\.lms\\.benchmarks", HouseRulesTest::isBenchmark);
  }

  @Test
  void theHttpServerStaysInItsPackages() throws IOException {
    assertNowhere(
        "import com\\.sun\\.net\\.httpserver",
        source ->
            source.isIn("/httpserver/") || source.isIn("lms-demo-app/") || isBenchmark(source));
  }

  @Test
  void jedisStaysInItsPackages() throws IOException {
    assertNowhere(
        "import redis\\.clients",
        source ->
            source.isIn("/redis/")
                || isBenchmark(source)
                || source.isIn("demo/wiring/RedisClients.java")
                || source.isIn("demo/wiring/RedisFacts.java")
                || source.isIn("demo/wiring/RedisPools.java")
                || source.isIn("demo/debug/RedisStatus.java"));
  }

  @Test
  void onlyTheConfigurationReadsTheEnvironment() throws IOException {
    assertNowhere(
        "System\\.getenv|System\\.getProperty|Integer\\.getInteger|Boolean\\.getBoolean",
        source -> source.isIn("demo/config/Config.java") || isBenchmark(source));
  }

  @Test
  void timeComesFromAClock() throws IOException {
    assertNowhere(
        "System\\.currentTimeMillis|Instant\\.now\\(\\)|LocalDate(Time)?\\.now\\(\\)|new Date\\(\\)",
        source -> false);
  }

  @Test
  void nothingSleepsButTheDebugPages() throws IOException {
    assertNowhere("Thread\\.sleep", source -> source.isIn("demo/debug/"));
  }

  @Test
  void nothingIsSerializedByJava() throws IOException {
    assertNowhere("ObjectInputStream|ObjectOutputStream", source -> false);
  }

  @Test
  void nothingIsSynchronized() throws IOException {
    assertNowhere("synchronized[ (]", source -> false);
  }

  @Test
  void packagesHaveNames() throws IOException {
    assertNowhere("package [\\w.]*\\b(util|common|impl|helper)s?;", source -> false);
  }

  /** OWASP ASVS 11.2.1, 11.3.1, 11.3.2 and 11.4.1. Redis names scripts by SHA-1. */
  @Test
  void onlyApprovedCryptographyOfThePlatformIsUsed() throws IOException {
    assertNowhere(
        "(Mac|Cipher|MessageDigest|SecretKeyFactory|Signature|KeyGenerator)\\s*\\.getInstance\\("
            + "(?!\"(HmacSHA256|AES/GCM/NoPadding|SHA-256)\"\\))",
        source -> source.isIn("redis/Script.java") || source.isIn("redis/PagesScript.java"));
  }

  /** OWASP ASVS 11.5.1: whatever the libraries and the demo draw may be a secret. */
  @Test
  void randomValuesComeFromASecureSource() throws IOException {
    assertNowhere(
        "java\\.util\\.Random\\b|ThreadLocalRandom|SplittableRandom|RandomGenerator|Math\\.random",
        HouseRulesTest::isBenchmark);
  }

  /** OWASP ASVS 11.2.4: {@code MessageDigest.isEqual}, which does not stop at what differs. */
  @Test
  void macsAreComparedInConstantTime() throws IOException {
    assertNowhere("Arrays\\.(equals|mismatch|compare)", source -> !source.isIn("lms-session-lib/"));
  }
}
