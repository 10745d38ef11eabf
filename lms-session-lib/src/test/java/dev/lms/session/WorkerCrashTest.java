// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.contract.Stores;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Processes killed in the middle of writing lose nothing that was acknowledged. */
public abstract class WorkerCrashTest {
  /** At work at a time: a killed process must not be in others' way either. */
  private static final int AT_ONCE = 3;

  private final List<Process> writers = new CopyOnWriteArrayList<>();
  private long acknowledged;
  private long counted;
  private long perhapsCounted;
  private int inTheMiddle;
  private int underWay;
  private int underWayAndStored;

  /** For the tests of one store. */
  protected WorkerCrashTest() {}

  /** A store on what the killed processes write. */
  protected abstract SessionStore open();

  /** What a process is started with that shall write to the same; {@link CrashWriter} says how. */
  protected abstract List<String> writer(String... arguments);

  /** The attributes of all that is stored, by the one called {@code id}. */
  protected abstract Map<String, List<Map<String, String>>> scan() throws IOException;

  /** Or a rotation that was cut short may leave the old session beside the new one. */
  protected boolean rotatesInOneStep() {
    return true;
  }

  /** Checks that nothing was met that could not be read. */
  protected abstract void checkThatAllIsReadable(SessionStore store);

  /** Checks that nothing stored has no deadline. */
  protected abstract void checkThatAllHasADeadline(SessionStore store) throws IOException;

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process writer : writers) {
      writer.destroyForcibly().waitFor();
    }
  }

  /** What a killed process had said about one of its sessions. */
  private static final class Known {
    private @Nullable String token;
    private int value;
    private boolean ended;
    private @Nullable String underWay;

    private void hear(String mark, String what, String more) {
      underWay = mark.equals("?") ? what : null;
      if (mark.equals("!")) {
        token = what.equals("create") || what.equals("rotate") ? more : token;
        value += what.equals("set") ? 1 : 0;
        ended = what.equals("end");
      }
    }
  }

  /** The seed is printed, and in the middle of what they were killed. */
  protected final void killWriters(int kills) throws Exception {
    long seed = new Random().nextLong();
    System.out.println(getClass().getSimpleName() + " seed " + seed);
    Random random = new Random(seed);
    acknowledged = counted = perhapsCounted = 0;
    inTheMiddle = underWay = underWayAndStored = 0;
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try (SessionStore store = open()) {
      String counter =
          store
              .create(
                  CrashWriter.envelope(Optional.empty()),
                  Map.of(),
                  WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON))
              .orElseThrow();
      CompletionService<List<String>> killed = new ExecutorCompletionService<>(threads);
      for (int kill = 0; kill < kills; kill++) {
        long name = kill * 1_000_000L + random.nextInt(1_000_000);
        int lines = 1 + random.nextInt(600);
        killed.submit(() -> killAfter(start(name, counter), lines));
      }
      for (int kill = 0; kill < kills; kill++) {
        check(store, known(killed.take().get()));
      }
      long count =
          Long.parseLong(
              Stores.load(store, counter)
                  .orElseThrow()
                  .attributes()
                  .getOrDefault(CrashWriter.COUNTER, "0"));
      assertTrue(counted <= count && count <= counted + perhapsCounted, count + " of " + counted);
      checkThatEverythingEnds(store);
    } finally {
      threads.shutdownNow();
    }
    System.out.printf(
        "%d kills, %d of them in the middle of writing; %d writes acknowledged, %d not, of which"
            + " %d are stored%n",
        kills, inTheMiddle, acknowledged, underWay, underWayAndStored);
    assertTrue(2 * inTheMiddle >= kills, "killed between two writes");
  }

  private Process start(long name, String counter) throws IOException {
    List<String> command = writer(Long.toString(name), counter);
    Process writer =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    writers.add(writer);
    return writer;
  }

  /** Kills it once it has said so many lines, and answers what it had said until then. */
  private static List<String> killAfter(Process writer, int lines)
      throws IOException, InterruptedException {
    List<String> said = new ArrayList<>();
    try (BufferedReader out = writer.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.add(line);
        if (said.size() == lines) {
          // SIGKILL; the process's own destroyForcibly would close its output too.
          writer.toHandle().destroyForcibly();
        }
      }
    }
    writer.waitFor(); // Its locks may be free only now.
    assertTrue(said.size() >= lines, "it ended by itself");
    return said;
  }

  private Map<String, Known> known(List<String> said) {
    Map<String, Known> known = new HashMap<>();
    int begun = 0;
    int done = 0;
    for (String line : said) {
      if (!line.endsWith(CrashWriter.END)) {
        continue; // the last one, cut
      }
      String[] words = line.split(" ", -1);
      boolean answer = words[1].equals("!");
      begun += answer ? 0 : 1;
      done += answer ? 1 : 0;
      if (words[0].equals(CrashWriter.COUNTER)) {
        counted += answer ? 1 : 0;
        perhapsCounted += answer ? -1 : 1;
      } else {
        known.computeIfAbsent(words[0], id -> new Known()).hear(words[1], words[2], words[3]);
      }
    }
    acknowledged += done;
    inTheMiddle += begun > done ? 1 : 0;
    return known;
  }

  private void check(SessionStore store, Map<String, Known> known) throws IOException {
    Map<String, List<Map<String, String>>> stored = scan();
    known.forEach(
        (id, session) -> {
          List<Map<String, String>> copies = stored.getOrDefault(id, List.of());
          for (Map<String, String> copy : copies) {
            assertEquals(copy.get("a"), copy.get("b"), id + " is half a session");
          }
          if (rotatesInOneStep()) {
            assertTrue(copies.size() <= 1, id + " is there twice, " + session.underWay);
          }
          boolean there = session.token != null && Stores.load(store, session.token).isPresent();
          if (session.underWay != null) {
            underWay++;
            underWayAndStored += stored(session, there, copies) ? 1 : 0;
          } else if (session.token != null) {
            assertEquals(!session.ended, there, id + (there ? " came back" : " is lost"));
            assertEquals(session.ended ? 0 : 1, copies.size(), id);
          }
          if (session.token != null && !session.ended) {
            checkValue(id, session, copies);
          }
        });
    checkThatAllIsReadable(store);
  }

  /** Whether the store has done what it did not acknowledge any more. */
  private static boolean stored(Known session, boolean there, List<Map<String, String>> copies) {
    return switch (String.valueOf(session.underWay)) {
      case "create" -> !copies.isEmpty();
      case "set" -> !copies.isEmpty() && value(copies) > session.value;
      default -> !there;
    };
  }

  private static int value(List<Map<String, String>> copies) {
    return Integer.parseInt(String.valueOf(copies.get(0).get("a")));
  }

  private static void checkValue(String id, Known session, List<Map<String, String>> copies) {
    String underWay = String.valueOf(session.underWay);
    if (copies.isEmpty()) {
      assertEquals("end", underWay, id + " is lost");
      return;
    }
    int value = value(copies);
    int most = session.value + (underWay.equals("set") ? 1 : 0);
    assertTrue(session.value <= value && value <= most, id + " went back to " + value);
  }

  /** Everything has a deadline, and everybody's sessions can be ended through the index. */
  private void checkThatEverythingEnds(SessionStore store) throws IOException {
    checkThatAllHasADeadline(store);
    for (String person : CrashWriter.PEOPLE) {
      Stores.index(store).revokeAll(person, Optional.empty(), CrashWriter.NOW);
    }
    assertEquals(0, Stores.index(store).stats(CrashWriter.NOW).signedIn(), "unknown to the index");
  }
}
