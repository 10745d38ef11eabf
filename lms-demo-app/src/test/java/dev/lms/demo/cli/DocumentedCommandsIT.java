// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.demo.WorkerProcess;
import dev.lms.demo.WorkerProcess.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands that the documents show, beside a site that serves. */
class DocumentedCommandsIT {
  /** What has to follow names that stand in a sentence, and questions that nobody answers here. */
  private static final Map<String, String> REST =
      Map.of(
          "session purge", " --yes",
          "session revoke", " --user student1 --yes",
          "user disable", " student9");

  @TempDir Path folder;

  /** What a document shows below a command: the arithmetic that the page on sizes explains. */
  private static Map<String, String> shown() throws IOException {
    String page = Files.readString(DocumentedLines.ROOT.resolve("docs/reference/sizing.md"));
    String command = "lmsctl plan --cpus 4 --ram-mb 1024 --worker-mb 200";
    int from = page.indexOf("$ ./" + command + "\n") + command.length() + 5;
    return Map.of(command, page.substring(from, page.indexOf("```", from)));
  }

  @Test
  void doWhatTheySay() throws Exception {
    Set<String> commands = new TreeSet<>(DocumentedLines.commands());
    commands.removeAll(DocumentedCommandsTest.ELSEWHERE.keySet());
    Map<String, String> environment = new TreeMap<>();
    environment.put("LMS_DATA_DIR", folder.resolve("data").toString());
    Map<String, String> shown = shown();
    Map<String, String> failed = new TreeMap<>();
    try (WorkerProcess site = WorkerProcess.serve(environment)) {
      environment.put("LMS_PORT", Integer.toString(site.port()));
      for (String command : commands) {
        String typed = command.replaceFirst("^lmsctl ", "");
        String[] words = DocumentedCommandsTest.words(typed + REST.getOrDefault(typed, ""));
        Finished finished =
            WorkerProcess.runWith("a long enough pass phrase\n", environment, words);
        String output = shown.getOrDefault(command, "");
        if (finished.exitCode() != 0 || !finished.output().contains(output)) {
          failed.put(command, finished.exitCode() + ": " + finished.errors() + finished.output());
        }
      }
    }
    assertEquals(Map.of(), failed);
  }
}
