// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The folder with everything the site keeps on this machine. */
public final class DataFolder {
  private DataFolder() {}

  /**
   * Makes it, for its owner only, if it is missing; several processes may do so at once.
   *
   * @throws ConfigException if it cannot be made, with the remedy
   */
  public static void create(Path folder) {
    try {
      make(folder);
    } catch (IOException e) {
      throw new ConfigException(
          List.of(
              "LMS_DATA_DIR: the folder "
                  + folder
                  + " cannot be made ("
                  + e.getClass().getSimpleName()
                  + "); choose one in a folder that can be written"));
    }
  }

  private static void make(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }
}
