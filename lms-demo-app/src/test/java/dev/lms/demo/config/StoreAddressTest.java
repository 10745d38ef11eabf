// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {
  @ParameterizedTest
  @ValueSource(strings = {"file:/srv/s", "file:///srv/s", "file:/srv/./s/"})
  void aFolderHasSeveralSpellings(String url) {
    assertEquals(new StoreAddress.InFiles(Path.of("/srv/s")), StoreAddress.parse(url));
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql://u:hunter2@h/d", "jdbc:postgresql://u:hunter2@h/d"})
  void aDatabaseHasTwoSpellings(String url) {
    assertEquals(
        new StoreAddress.InDatabase("postgresql://u:hunter2@h/d"), StoreAddress.parse(url));
  }

  @Test
  void aFileOfTablesIsTheSameFromWhereverItIsNamed() {
    assertEquals(
        new StoreAddress.InDatabase("jdbc:sqlite:" + Path.of("lms.db").toAbsolutePath()),
        StoreAddress.parse("jdbc:sqlite:lms.db"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "jdbc:mysql://a:hunter2@h/d",
        "postgresql://a:hunter2@h",
        "postgresql://a:hunter2 @h/d",
        "postgresql:hunter2",
        "redis://hunter2@",
        "file:",
        ""
      })
  void whatIsNoneIsRefusedWithoutAWordOfIt(String url) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> StoreAddress.parse(url));
    assertFalse(String.valueOf(refused.getMessage()).contains("hunter2"), refused.getMessage());
  }

  @Test
  void noPasswordIsShown() {
    assertEquals(
        "redis://********@h:6379/1", StoreAddress.parse("redis://:hunter2@h:6379/1").toString());
    assertEquals(
        "postgresql://u:********@h/d", StoreAddress.parse("postgresql://u:hunter2@h/d").toString());
  }

  @Test
  void sessionsMoveToAnotherStoreThanTheyComeFromAndToOneThatTakesThem() {
    for (Map<String, String> wrong :
        Map.of(
                "the same",
                Map.of("SESSION_MIGRATE_FROM", "redis://h", "REDIS_URL", "redis://h"),
                "the same database",
                Map.of(
                    "SESSION_MIGRATE_FROM",
                    "jdbc:postgresql://h/d",
                    "SESSION_STORE",
                    "jdbc",
                    "DATABASE_URL",
                    "postgresql://h/d"),
                "cookies",
                Map.of("SESSION_MIGRATE_FROM", "redis://h", "SESSION_STORE", "cookie"))
            .values()) {
      ConfigException refused =
          assertThrows(ConfigException.class, () -> Config.read(wrong), wrong.toString());
      assertEquals(1, refused.errors().size(), refused.errors().toString());
    }
  }
}
