// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.jdbc.PostgresServer;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same of a real PostgreSQL, whose own housekeeping commits now and then. */
class VersionInPostgresTest extends VersionTest {
  private static final int LOOKS = 20;

  private final String site = PostgresServer.shared().newSite();

  @Override
  String url() {
    return site;
  }

  @Test
  @Override
  void itStaysWhileNobodyWrites() {
    try (Database database = open()) {
      long giveUp = System.nanoTime() + Duration.ofMinutes(1).toNanos();
      long different;
      do {
        different = IntStream.range(0, LOOKS).mapToObj(any -> version(database)).distinct().count();
      } while (different > 1 && System.nanoTime() < giveUp);
      assertEquals(1, different);
    }
  }

  /** It says so soon, though the server says nothing for longer. */
  @Test
  @Timeout(60)
  void aServerThatIsStoppedTellsNothing() {
    try (PostgresServer server = PostgresServer.start()) {
      try (Database database =
          Database.open(server.newSite(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
        assertTrue(database.version().isPresent());
        server.pause();
        try {
          assertEquals(Optional.empty(), database.version());
          assertEquals(Optional.empty(), database.version());
        } finally {
          server.resume();
        }
        long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (database.version().isEmpty()) {
          assertTrue(System.nanoTime() < giveUp, "it never told again");
        }
      }
    }
  }
}
