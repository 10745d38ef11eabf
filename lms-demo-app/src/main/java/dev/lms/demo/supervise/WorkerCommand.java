// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How this program starts itself as a worker. */
public final class WorkerCommand {
  private WorkerCommand() {}

  /**
   * The command of a worker that ends when its standard input does.
   *
   * @param megabytes of its heap
   * @throws IllegalStateException if this program does not run from its jar
   */
  public static List<String> withHeap(int megabytes) {
    String java =
        ProcessHandle.current()
            .info()
            .command()
            .orElseThrow(() -> new IllegalStateException("this system hides the java command"));
    try {
      Path jar =
          Path.of(WorkerCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (!Files.isRegularFile(jar)) {
        throw new IllegalStateException("workers need the packaged jar: mvn package");
      }
      return List.of(
          java,
          "-Xmx" + megabytes + "m",
          // Somebody is here to start it again: better than a worker half alive.
          "-XX:+ExitOnOutOfMemoryError",
          "-jar",
          jar.toString(),
          "serve",
          "--supervised");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
