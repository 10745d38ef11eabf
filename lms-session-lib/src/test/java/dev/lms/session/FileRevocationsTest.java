package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRevocationsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path parent;

  @Test
  void aRevocationHoldsInEveryProcessAndIsSweptAfterItsTime() throws Exception {
    Path folder = parent.resolve("revoked");
    FileRevocations one = FileRevocations.open(folder);
    FileRevocations two = FileRevocations.open(folder);
    assertFalse(two.isRevoked("aa11"));
    assertTrue(one.revoke("aa11", NOW.plusSeconds(60), NOW));
    assertFalse(two.revoke("aa11", NOW.plusSeconds(60), NOW), "only the first revokes");
    assertTrue(two.isRevoked("aa11"));
    FileRevocations next = FileRevocations.open(folder);
    assertTrue(next.revoke("bb22", NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofMinutes(2))));
    assertTrue(two.isRevoked("bb22"));
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count(), "what would have ended anyway is swept");
    }
  }
}
