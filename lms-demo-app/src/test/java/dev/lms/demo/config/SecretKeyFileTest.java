// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretKeyFileTest {
  @TempDir Path temporary;

  @Test
  void concurrentFirstStartsAgreeOnOneKey() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path folder = temporary.resolve("round" + round).resolve("data");
      List<Process> processes = new ArrayList<>();
      try {
        for (int i = 0; i < 6; i++) {
          processes.add(
              new ProcessBuilder(
                      ProcessHandle.current().info().command().orElseThrow(),
                      "-Xshare:auto",
                      "-cp",
                      System.getProperty("java.class.path"),
                      KeyPrinter.class.getName(),
                      folder.toString())
                  .redirectErrorStream(true)
                  .start());
        }
        for (Process process : processes) {
          process.getOutputStream().write('\n');
          process.getOutputStream().flush();
        }
        Set<String> keys = new HashSet<>();
        int answers = 0;
        for (Process process : processes) {
          for (String line : process.inputReader().lines().toList()) {
            keys.add(line);
            answers++;
          }
          assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        }
        assertEquals(24, answers);
        assertEquals(1, keys.size(), keys.toString());
        assertEquals(43, keys.iterator().next().length());
      } finally {
        processes.forEach(Process::destroyForcibly);
      }
      try (var files = Files.list(folder)) {
        assertEquals(List.of(folder.resolve("secret.key")), files.toList());
      }
    }
  }

  @Test
  void onlyTheOwnerMayRead() throws IOException {
    Path folder = temporary.resolve("a/b/data");
    new SecretKeyFile(folder).readOrCreate();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("secret.key"))));
  }

  @Test
  void theKeyStays() {
    String key = new SecretKeyFile(temporary).readOrCreate().signing();
    assertEquals(key, new SecretKeyFile(temporary).readOrCreate().signing());
    assertNotEquals(key, new SecretKeyFile(temporary.resolve("other")).readOrCreate().signing());
  }

  @Test
  void aDamagedKeyIsNotReplacedInSilence() throws IOException {
    Path file = temporary.resolve("secret.key");
    Files.writeString(file, "cut");
    ConfigException refusal =
        assertThrows(ConfigException.class, () -> new SecretKeyFile(temporary).readOrCreate());
    assertTrue(
        refusal.errors().getFirst().contains(file + " is damaged"), refusal.errors().toString());
    assertEquals("cut", Files.readString(file));
  }

  @Test
  void aFolderThatCannotBeIsNamed() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    ConfigException refusal =
        assertThrows(
            ConfigException.class, () -> new SecretKeyFile(file.resolve("data")).readOrCreate());
    assertTrue(
        refusal.errors().getFirst().startsWith("LMS_DATA_DIR: "), refusal.errors().toString());
    assertThrows(ConfigException.class, () -> new SecretKeyFile(file).readOrCreate());
  }

  @Test
  void generatedKeysAreLongAndDifferent() {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String key = SecretKeyFile.generate();
      assertTrue(key.matches("[A-Za-z0-9_-]{43}"), key);
      keys.add(key);
    }
    assertEquals(100, keys.size());
  }
}
