// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLibraryTest {
  @TempDir private Path folder;

  @BeforeEach
  void ofOneUser() throws IOException {
    rights("rwx------");
  }

  private void rights(String rights) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(rights));
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void isUnpackedOnceForAllStarts() throws IOException {
    Path library = SqliteLibrary.in(folder).orElseThrow();
    assertEquals(List.of(library), kept());
    Files.setLastModifiedTime(library, FileTime.fromMillis(1_000));
    assertEquals(Optional.of(library), SqliteLibrary.in(folder));
    assertEquals(1_000, Files.getLastModifiedTime(library).toMillis());
  }

  @Test
  void replacesThoseOfOtherVersions() throws IOException {
    Path other = Files.createFile(folder.resolve("libsqlite-0-x86_64.so"));
    assertNotEquals(Optional.of(other), SqliteLibrary.in(folder));
    assertTrue(Files.notExists(other));
    assertEquals(1, kept().size());
  }

  /** Several start at once: one has it in place while another is about to put it there. */
  @Test
  void neverTakesItselfAwayFromWhoeverJustFoundIt() throws IOException {
    Path library = SqliteLibrary.in(folder).orElseThrow();
    SqliteLibrary.removeOthers(folder, library);
    assertTrue(Files.exists(library));
  }

  @Test
  void isNotRunFromWhereOthersMayWrite() throws IOException {
    for (String rights : List.of("rwxrwx---", "rwx---rwx")) {
      rights(rights);
      assertEquals(Optional.empty(), SqliteLibrary.in(folder));
      assertEquals(List.of(), kept());
    }
  }

  @Test
  void isNotRunIfAnotherPutItThere(@TempDir Path elsewhere) throws IOException {
    Path library = SqliteLibrary.in(folder).orElseThrow();
    Path others = elsewhere.resolve("library");
    Files.move(library, others);
    Files.createSymbolicLink(library, others);
    assertEquals(Optional.empty(), SqliteLibrary.in(folder), "a link to somewhere else");
    Files.delete(library);
    Files.copy(others, library);
    Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertEquals(Optional.empty(), SqliteLibrary.in(folder), "writable by all");
  }
}
