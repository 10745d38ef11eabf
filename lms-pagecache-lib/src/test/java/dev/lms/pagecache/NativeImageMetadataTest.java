// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.local.PurgeCounters;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the jar tells GraalVM to put into a native image is what is looked up by name at run time:
 * the jar's resources, and the classes that Caffeine has for each kind of cache.
 */
class NativeImageMetadataTest {
  private static final Path RESOURCES = Path.of("src/main/resources");
  private static final Path METADATA =
      RESOURCES.resolve(
          "META-INF/native-image/dev.lms/lms-pagecache-lib/reachability-metadata.json");

  /** Those of caches have names of capitals only, a letter for each property. */
  private static final Pattern LOADED =
      Pattern.compile(" (com\\.github\\.benmanes\\.caffeine\\.cache\\.[A-Z]+) source:");

  @Test
  void namesEveryResourceAndNoOther() throws IOException {
    List<Path> left = new ArrayList<>(resources());
    assertFalse(left.isEmpty());
    List<String> idle = new ArrayList<>();
    for (JsonElement resource : metadata().getAsJsonArray("resources")) {
      String glob = resource.getAsJsonObject().get("glob").getAsString();
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      if (!left.removeIf(matcher::matches)) {
        idle.add(glob);
      }
    }
    assertEquals(List.of(), left, "resources that a native image would lack");
    assertEquals(List.of(), idle, "names of nothing");
  }

  @Test
  void namesTheClassesThatCaffeineLooksUp() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:class+load",
                "-classpath",
                System.getProperty("java.class.path"),
                Caches.class.getName())
            .redirectErrorStream(true)
            .start();
    String log = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), log);
    Set<String> loaded =
        LOADED
            .matcher(log)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> named = new TreeSet<>();
    for (JsonElement type : metadata().getAsJsonArray("reflection")) {
      named.add(type.getAsJsonObject().get("type").getAsString());
    }
    // Those that others extend are found by the compiler of native images.
    loaded.removeIf(type -> named.stream().anyMatch(name -> isBelow(name, type)));
    assertEquals(named, loaded);
  }

  private static boolean isBelow(String name, String type) {
    try {
      Class<?> below = Class.forName(name, false, Caches.class.getClassLoader()).getSuperclass();
      while (below != null && !below.getName().equals(type)) {
        below = below.getSuperclass();
      }
      return below != null;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Makes every cache that there is. */
  static final class Caches {
    private Caches() {}

    public static void main(String[] args) {
      Clock clock = Clock.systemUTC();
      PageCache cache =
          PageCache.builder(new LocalPageStore(1 << 20, PurgeCounters.inProcess(), clock))
              .clock(clock)
              .build();
      System.out.println(cache.stats());
    }
  }

  private static JsonObject metadata() throws IOException {
    return JsonParser.parseString(Files.readString(METADATA)).getAsJsonObject();
  }

  private static List<Path> resources() throws IOException {
    try (Stream<Path> files = Files.walk(RESOURCES)) {
      return files
          .filter(Files::isRegularFile)
          .map(RESOURCES::relativize)
          .filter(file -> !file.startsWith("META-INF"))
          .toList();
    }
  }
}
