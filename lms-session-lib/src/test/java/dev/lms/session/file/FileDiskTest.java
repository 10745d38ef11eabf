// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import dev.lms.session.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk and a read-only folder, in a process that can have them without harm. */
class FileDiskTest {
  /** In a mount namespace of its own: nobody else sees this disk, and it ends with the process. */
  private static final String ON_A_SMALL_DISK =
      "mount -t tmpfs -o size=256k,mode=700 none \"$0\" && exec \"$@\"";

  @TempDir Path folder;

  /** What it said, behind "failed" if it did. */
  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? said : "failed: " + said;
  }

  private static boolean works(List<String> command) throws InterruptedException {
    try {
      return !run(command).startsWith("failed");
    } catch (IOException e) {
      return false;
    }
  }

  private List<String> small(String... unshare) {
    List<String> command = new ArrayList<>(List.of(unshare));
    command.addAll(List.of("sh", "-c", ON_A_SMALL_DISK, folder.toString()));
    return command;
  }

  private static List<String> with(List<String> command, String last) {
    List<String> all = new ArrayList<>(command);
    all.add(last);
    return all;
  }

  private void trouble(String kind, List<String> before) throws Exception {
    System.out.println("FileDiskTest " + kind + ": " + before);
    assertEquals(
        "nothing was lost",
        run(ChildJvm.command(
                before, List.of(Gson.class), DiskTrouble.class, kind, folder.toString()))
            .strip());
  }

  /** Root may mount; others in a user namespace, where the system allows it. */
  @Test
  void aFullDiskLosesNothing() throws Exception {
    for (List<String> before :
        List.of(small("unshare", "-m"), small("unshare", "--map-root-user", "-m"))) {
      if (works(with(before, "true"))) {
        trouble("small-disk", before);
        assertTrue(Files.notExists(folder.resolve("sessions")), "it was on a disk of its own");
        return;
      }
    }
    trouble("small-files", List.of());
  }

  @Test
  void aFileThatMayNotGrowLosesNothing() throws Exception {
    trouble("small-files", List.of());
  }

  @Test
  void withoutDescriptorsNothingIsLost() throws Exception {
    trouble("few-files", List.of());
  }

  @Test
  void aReadOnlyFolderLosesNothing() throws Exception {
    boolean root = Integer.valueOf(0).equals(Files.getAttribute(folder, "unix:uid"));
    // Modes mean nothing to root, unless it gives up the right to ignore them.
    trouble(
        "read-only",
        root
            ? List.of(
                "setpriv",
                "--inh-caps=-all",
                "--bounding-set=-dac_override,-dac_read_search,-fowner",
                "--")
            : List.of());
  }
}
