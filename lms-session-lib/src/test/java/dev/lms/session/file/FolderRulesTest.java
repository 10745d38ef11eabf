// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.CrashWriter;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.WriteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that others could read, or plant files in, are refused. */
class FolderRulesTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final int NOBODY = 65534;

  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("sessions");
  }

  private static void open(Path folder) {
    FileSessionStore.open(folder, KEYS).close();
  }

  private static String refused(Path folder) {
    IllegalArgumentException revocations =
        assertThrows(IllegalArgumentException.class, () -> FileRevocations.open(folder));
    IllegalArgumentException sessions =
        assertThrows(IllegalArgumentException.class, () -> open(folder));
    assertEquals(sessions.getMessage(), revocations.getMessage());
    return String.valueOf(sessions.getMessage());
  }

  private static void mode(Path file, int mode) throws Exception {
    Files.setAttribute(file, "unix:mode", mode);
  }

  private static void says(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void onlyTheOwnerMayLook() throws Exception {
    FileSessionStore store = FileSessionStore.open(folder(), KEYS);
    Envelope stranger = CrashWriter.envelope(Optional.empty());
    store.create(stranger, Map.of(), WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON));
    store.close();
    FileRevocations.open(folder().resolve("revoked"))
        .revoke("aa11", CrashWriter.SOON, CrashWriter.NOW);
    try (var files = Files.walk(folder())) {
      for (Path file : files.toList()) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        assertEquals(Files.isDirectory(file) ? "rwx------" : "rw-------", mode, file.toString());
      }
    }
  }

  @Test
  void oneOfOursThatOthersCanEnterIsClosedToThem() throws Exception {
    for (int mode : new int[] {0755, 0750, 0711, 02705}) {
      Path folder = Files.createDirectory(parent.resolve("mode" + mode));
      mode(folder, mode);
      open(folder);
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
      mode(folder, mode);
      FileRevocations.open(folder);
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }
  }

  @Test
  void oneThatOthersCanWriteTo() throws Exception {
    for (int mode : new int[] {0777, 0722, 0770, 0702}) {
      Path folder = Files.createDirectory(parent.resolve("mode" + mode));
      mode(folder, mode);
      says(refused(folder), "others can write to", folder.toString(), "chmod 700");
      mode(folder, 0700);
      open(folder);
    }
  }

  @Test
  void aSymbolicLink() throws Exception {
    open(folder());
    Path link = Files.createSymbolicLink(parent.resolve("link"), folder());
    says(refused(link), "symbolic link", link.toString());
    Path nowhere = Files.createSymbolicLink(parent.resolve("nowhere"), parent.resolve("missing"));
    says(refused(nowhere), "symbolic link");
    assertTrue(Files.notExists(parent.resolve("missing")));
  }

  @Test
  void aFile() throws Exception {
    Path file = Files.createFile(parent.resolve("file"));
    says(refused(file), "is a file");
  }

  /** Root can give a folder away; who is not root finds one of root's that all may write to. */
  @Test
  void someoneElses() throws Exception {
    Path folder = Path.of("/tmp");
    if (Integer.valueOf(0).equals(Files.getAttribute(parent, "unix:uid"))) {
      folder = Files.createDirectory(folder());
      mode(folder, 0700);
      Files.setAttribute(folder, "unix:uid", NOBODY);
    }
    says(refused(folder), "belongs to", "use one of your own");
    try (var files = Files.list(folder)) {
      assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith("owner")));
    }
  }

  /** Who may rename what is in the parent could put a folder of theirs in the place of ours. */
  @Test
  void oneThatEverybodyCouldReplace() throws Exception {
    Path open = Files.createDirectory(parent.resolve("open"));
    Path folder = open.resolve("sessions");
    mode(open, 0777);
    says(refused(folder), "everybody could replace", folder.toString(), "chmod o-w " + open);
    mode(open, 01777);
    open(folder);
    mode(open, 0775);
    open(folder);
  }
}
