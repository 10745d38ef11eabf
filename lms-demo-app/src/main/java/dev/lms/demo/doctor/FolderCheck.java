// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a folder of the site can be written, by its owner only, and keeps what it is given. */
final class FolderCheck {
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private static final long MEGABYTE = 1L << 20;
  private static final long LITTLE = 200 * MEGABYTE;

  private FolderCheck() {}

  static List<Finding> of(String name, Path folder, String variable) {
    Path existing = folder;
    while (!Files.isDirectory(existing)) {
      @Nullable Path parent = existing.getParent();
      if (Files.exists(existing) || parent == null) {
        return List.of(
            Finding.problem(name, existing + " is not a folder", "set " + variable + " to one"));
      }
      existing = parent;
    }
    List<Finding> findings = new ArrayList<>();
    try {
      unwritable(name, existing, variable, findings);
      if (existing.equals(folder)) {
        open(name, folder, findings);
      }
      space(name, existing, variable, findings);
    } catch (IOException e) {
      findings.add(
          Finding.problem(name, "cannot look at " + existing + ": " + e, "set " + variable));
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.ok(
              name,
              existing.equals(folder)
                  ? folder + " is writable and private"
                  : folder + " is made at the first start"));
    }
    return findings;
  }

  /** By writing: what a disk or a mount refuses, permissions do not tell. */
  private static void unwritable(
      String name, Path folder, String variable, List<Finding> findings) {
    try {
      Files.delete(Files.createTempFile(folder, ".doctor", ".tmp"));
    } catch (IOException e) {
      findings.add(
          Finding.problem(
              name,
              "nothing can be written to " + folder + " (" + e + ")",
              "give it to the user that serves, free its disk, or set " + variable));
    }
  }

  private static void open(String name, Path folder, List<Finding> findings) throws IOException {
    Set<PosixFilePermission> permissions = EnumSet.copyOf(OTHERS);
    try {
      permissions.retainAll(Files.getPosixFilePermissions(folder));
    } catch (UnsupportedOperationException e) {
      return;
    }
    if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
        || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
      findings.add(
          Finding.problem(name, "others can write to " + folder, "run: chmod 700 " + folder));
    } else if (!permissions.isEmpty()) {
      findings.add(
          Finding.warning(name, "others can look into " + folder, "run: chmod 700 " + folder));
    }
  }

  private static void space(String name, Path folder, String variable, List<Finding> findings)
      throws IOException {
    var store = Files.getFileStore(folder);
    if (IN_MEMORY.contains(store.type())) {
      findings.add(
          Finding.warning(
              name,
              folder
                  + " is in memory ("
                  + store.type()
                  + "): it is empty after a restart of the machine",
              "set " + variable + " to a folder on a disk"));
    }
    long left = store.getUsableSpace();
    if (left < LITTLE) {
      findings.add(
          Finding.warning(
              name,
              "the disk of " + folder + " has " + left / MEGABYTE + " MB left",
              "free some: on a full disk nothing can be saved"));
    }
  }
}
