// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How this program starts itself as a worker. */
public final class WorkerCommand {
  /** Unless it is set: glibc's heaps, of which each would keep what one thread's compiling took. */
  static final Map<String, String> ENVIRONMENT = Map.of("MALLOC_ARENA_MAX", "1");

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
      List<String> command =
          new ArrayList<>(
              List.of(
                  java,
                  "-Xmx" + megabytes + "m",
                  // It takes next to nothing beside the heap, and is no slower on a heap so small.
                  "-XX:+UseSerialGC",
                  // Fewer collections with the same heap. What the JVM has learned is only good for
                  // one that has them too.
                  "-XX:+UseCompactObjectHeaders",
                  // Not more of them where there are more processors: each takes memory.
                  "-XX:CICompilerCount=2",
                  // Compiling with everything inlined takes 30 MB at once, and gains nothing here.
                  "-XX:FreqInlineSize=60",
                  "-XX:InlineSmallCode=1000",
                  // What compiling took goes back to the system, and does not stay for the next
                  // time.
                  "-XX:TrimNativeHeapInterval=1000",
                  // Somebody is here to start it again: better than a worker half alive.
                  "-XX:+ExitOnOutOfMemoryError"));
      Path cache = cache(jar);
      if (Files.isReadable(cache)) {
        command.add("-XX:AOTCache=" + cache);
        // Mapped where it was made for: all workers share the half of it that nobody writes to.
        command.add("-XX:+UnlockDiagnosticVMOptions");
        command.add("-XX:ArchiveRelocationMode=0");
        // One of another JVM or jar it does not use; it need not say so.
        command.add("-Xlog:disable");
        command.add("-Xlog:all=error,aot*=off:stderr");
      }
      command.addAll(List.of("-jar", jar.toString(), "serve", "--supervised"));
      return command;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where lmsctl puts what the JVM has learned of the site. */
  private static Path cache(Path jar) {
    String numbers =
        Runtime.version().version().stream().map(String::valueOf).collect(Collectors.joining("."));
    String name = String.valueOf(jar.getFileName());
    return jar.resolveSibling(
        name.substring(0, Math.max(0, name.length() - ".jar".length())) + "-" + numbers + ".aot");
  }
}
