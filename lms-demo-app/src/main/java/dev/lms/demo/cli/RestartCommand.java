// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.config.Config;
import dev.lms.demo.supervise.SupervisorNote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;

@Command(
    name = "restart",
    description = {
      "Restarts the workers of this data folder's supervisor one after the other, as SIGHUP does,"
          + " while the others serve; ends when all are back."
    },
    footer = {"%nExamples:", "  lmsctl restart"},
    mixinStandardHelpOptions = true)
final class RestartCommand implements Callable<Integer> {
  private static final long POLL_NANOS = 100_000_000;

  @Override
  public Integer call() {
    Path folder = Config.fromSystem().dataDir();
    SupervisorNote before =
        SupervisorNote.read(folder)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "no supervisor runs with "
                            + folder
                            + "; start one with: lmsctl serve --workers N, or set LMS_DATA_DIR as"
                            + " it has it"));
    try {
      SupervisorNote.requestRestart(folder);
    } catch (IOException e) {
      throw new CommandFailure("cannot write in " + folder + "; run this as the site's user");
    }
    System.out.println("Restarting the workers, one after the other");
    System.out.flush();
    while (true) {
      Optional<SupervisorNote> now = SupervisorNote.read(folder);
      if (now.isEmpty() || now.get().pid() != before.pid()) {
        throw new CommandFailure("the supervisor has ended meanwhile");
      }
      if (now.get().failed() > before.failed()) {
        throw new CommandFailure(
            "a worker did not come back; its output is where the supervisor's is");
      }
      if (now.get().restarts() > before.restarts()) {
        System.out.println("Restarted all workers");
        return 0;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
