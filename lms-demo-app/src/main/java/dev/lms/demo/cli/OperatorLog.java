// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.config.Config;
import dev.lms.demo.log.Audit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Arrays;
import java.util.Set;

/**
 * The audit log of what operators do with commands: lines as workers write them, in a file of the
 * data folder, since nobody collects what a command prints. The act is done when it is told; where
 * there is no such folder, or it cannot be written, the line goes to standard error.
 */
final class OperatorLog {
  /** In the data folder. */
  static final String FILE = "audit.log";

  private OperatorLog() {}

  /**
   * What was done.
   *
   * @param event a word of its own, the same as of workers where they do it too
   * @param fields names and values in turn; no secrets
   */
  static void tell(Config config, String event, String... fields) {
    String[] all = Arrays.copyOf(fields, fields.length + 4);
    all[fields.length] = "by";
    all[fields.length + 1] = "lmsctl";
    all[fields.length + 2] = "operator";
    all[fields.length + 3] = ProcessHandle.current().info().user().orElse("");
    Audit audit =
        new Audit(
            config.operations().logFormat(),
            Clock.systemUTC(),
            line -> write(config.dataDir(), line));
    audit.tell(event, all);
  }

  private static void write(Path folder, String line) {
    if (!Files.isDirectory(folder)) {
      System.err.println(line);
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    Path file = folder.resolve(FILE);
    try (FileChannel log =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), ownersOnly())) {
      // At once, so that lines of commands that run at the same time do not mix.
      log.write(bytes);
    } catch (IOException e) {
      System.err.println(line);
      System.err.println("lmsctl: it is done, but " + file + " cannot be written: " + e);
    }
  }

  private static FileAttribute<?>[] ownersOnly() {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
