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
  @ValueSource(
      strings = {"hunter2", "jdbc:postgresql://a:hunter2@h/d", "redis://hunter2@", "file:", ""})
  void whatIsNoneIsRefusedWithoutAWordOfIt(String url) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> StoreAddress.parse(url));
    assertFalse(String.valueOf(refused.getMessage()).contains("hunter2"), refused.getMessage());
  }

  @Test
  void noPasswordIsShown() {
    assertEquals(
        "redis://********@h:6379/1", StoreAddress.parse("redis://:hunter2@h:6379/1").toString());
  }

  @Test
  void sessionsMoveToAnotherStoreThanTheyComeFromAndToOneThatTakesThem() {
    for (Map<String, String> wrong :
        Map.of(
                "the same", Map.of("SESSION_MIGRATE_FROM", "redis://h", "REDIS_URL", "redis://h"),
                "cookies", Map.of("SESSION_MIGRATE_FROM", "redis://h", "SESSION_STORE", "cookie"))
            .values()) {
      ConfigException refused =
          assertThrows(ConfigException.class, () -> Config.read(wrong), wrong.toString());
      assertEquals(1, refused.errors().size(), refused.errors().toString());
    }
  }
}
