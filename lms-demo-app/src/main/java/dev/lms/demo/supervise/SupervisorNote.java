// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import dev.lms.demo.config.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the supervisor of a data folder leaves there, so that a command finds it: its process, and
 * how often it has restarted its workers.
 *
 * @param began when the process did, since a number alone may be another's by now; empty if the
 *     system does not tell
 * @param restarts of all workers that are over
 * @param failed restarts that were given up
 */
public record SupervisorNote(long pid, String began, int restarts, int failed) {
  private static final String NAME = "supervisor";

  /** Stands beside it from when a command asks for a restart until the supervisor has seen that. */
  private static final String REQUEST = NAME + ".restart";

  static SupervisorNote own(int restarts, int failed) {
    ProcessHandle self = ProcessHandle.current();
    return new SupervisorNote(self.pid(), began(self), restarts, failed);
  }

  private static String began(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  void write(Path dataDir) {
    try {
      DataFolder.create(dataDir);
      Path written =
          Files.write(
              dataDir.resolve(NAME + "." + pid + ".new"),
              List.of(
                  Long.toString(pid), began, Integer.toString(restarts), Integer.toString(failed)));
      Files.move(written, dataDir.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      System.err.println("lmsctl restart will not find this supervisor: " + e);
    }
  }

  static void remove(Path dataDir) {
    try {
      if (read(dataDir).filter(note -> note.pid() == ProcessHandle.current().pid()).isPresent()) {
        Files.deleteIfExists(dataDir.resolve(NAME));
      }
    } catch (IOException e) {
      // Nobody believes the note of a process that is gone.
    }
  }

  /** That of the supervisor that runs; empty if none does. */
  public static Optional<SupervisorNote> read(Path dataDir) {
    try {
      List<String> lines = Files.readAllLines(dataDir.resolve(NAME));
      SupervisorNote note =
          new SupervisorNote(
              Long.parseLong(lines.get(0)),
              lines.get(1),
              Integer.parseInt(lines.get(2)),
              Integer.parseInt(lines.get(3)));
      return Optional.of(note).filter(SupervisorNote::isAlive);
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** Asks the supervisor of this folder to restart its workers; it looks every moment. */
  public static void requestRestart(Path dataDir) throws IOException {
    Files.writeString(dataDir.resolve(REQUEST), "");
  }

  /** Whether somebody has asked for it since this was called last. */
  static boolean takeRequest(Path dataDir) {
    try {
      return Files.deleteIfExists(dataDir.resolve(REQUEST));
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isAlive() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> began(process).equals(began))
        .isPresent();
  }
}
