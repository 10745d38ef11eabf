// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the jar tells GraalVM to put into a native image is what the jar reads at run time. */
class NativeImageMetadataTest {
  private static final Path RESOURCES = Path.of("src/main/resources");
  private static final Path METADATA =
      RESOURCES.resolve("META-INF/native-image/dev.lms/lms-session-lib/reachability-metadata.json");

  @Test
  void namesEveryResourceAndNoOther() throws IOException {
    List<Path> left = new ArrayList<>(resources());
    assertFalse(left.isEmpty());
    List<String> idle = new ArrayList<>();
    for (JsonElement resource :
        JsonParser.parseString(Files.readString(METADATA))
            .getAsJsonObject()
            .getAsJsonArray("resources")) {
      String glob = resource.getAsJsonObject().get("glob").getAsString();
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      if (!left.removeIf(matcher::matches)) {
        idle.add(glob);
      }
    }
    assertEquals(List.of(), left, "resources that a native image would lack");
    assertEquals(List.of(), idle, "names of nothing");
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
