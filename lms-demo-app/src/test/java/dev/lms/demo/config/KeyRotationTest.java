// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lms.demo.config.KeyRotation.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without workers; with them, see {@code KeyRotationIT}. */
class KeyRotationTest {
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private String first = "";

  @BeforeEach
  void aSiteWithAKey() {
    first = keys().signing();
  }

  private StoredKeys keys() {
    return new SecretKeyFile(folder).readOrCreate();
  }

  private Step advance() {
    return new KeyRotation(folder, () -> now, WEEK).advance();
  }

  @Test
  void theNewKeyIsAcceptedBeforeItSignsAndTheOldOneAfterwards() {
    assertInstanceOf(Step.Accepted.class, advance());
    StoredKeys accepting = keys();
    assertEquals(first, accepting.signing());
    assertEquals(1, accepting.accepted(now).size());
    String second = accepting.accepted(now).getFirst();
    assertNotEquals(first, second);

    assertInstanceOf(Step.Signing.class, advance());
    assertEquals(second, keys().signing());
    assertEquals(List.of(first), keys().accepted(now.plus(Duration.ofDays(1000))), "no end yet");

    now = now.plus(Duration.ofDays(1));
    Instant end = now.plus(WEEK);
    assertEquals(new Step.Finished(end), advance());
    assertEquals(List.of(first), keys().accepted(end.minusMillis(1)));
    assertEquals(List.of(), keys().accepted(end));
  }

  @Test
  void anotherRotationKeepsAFormerKeyUntilItsEndAndNoLonger() throws IOException {
    for (int i = 0; i < 3; i++) {
      advance();
    }
    String second = keys().signing();
    for (int i = 0; i < 3; i++) {
      advance();
    }
    assertEquals(List.of(second, first), keys().accepted(now));
    now = now.plus(WEEK);
    advance();
    String text = Files.readString(folder.resolve("secret.key"));
    assertEquals(List.of(), Stream.of(first, second).filter(text::contains).toList());
    assertEquals(1, keys().accepted(now).size());
  }

  @Test
  void nothingButTheOwnerEverReadsTheKeysAndNoDebrisIsLeft() throws IOException {
    for (int i = 0; i < 3; i++) {
      advance();
      try (Stream<Path> files = Files.list(folder)) {
        List<Path> all = files.sorted().toList();
        assertEquals(List.of(folder.resolve("secret.key"), folder.resolve("secret.key.lock")), all);
        for (Path file : all) {
          assertEquals(
              "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
      }
    }
  }

  @Test
  void theFirstFormatIsStillRead() throws IOException {
    Files.writeString(folder.resolve("secret.key"), "k".repeat(43) + "\n");
    assertEquals(StoredKeys.first("k".repeat(43)), keys());
  }

  @Test
  void aDamagedFileStopsTheRotation() throws IOException {
    Path file = folder.resolve("secret.key");
    for (String damage :
        List.of("next", "former abc", "generation x", "former " + first + " soon")) {
      Files.writeString(file, first + "\n" + damage + "\n");
      assertThrows(ConfigException.class, this::advance, damage);
      assertEquals(first + "\n" + damage + "\n", Files.readString(file));
    }
  }
}
