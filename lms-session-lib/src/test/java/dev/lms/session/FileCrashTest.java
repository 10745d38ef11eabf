package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes killed in the middle of writing lose nothing that was acknowledged. */
class FileCrashTest {
  @TempDir Path parent;

  private final List<Process> writers = new ArrayList<>();
  private int folders;
  private long counted;
  private long perhapsCounted;

  private Path folder() {
    return parent.resolve("sessions" + folders);
  }

  private SlotFolder files() {
    return new SlotFolder(folder(), CrashWriter.KEYS, Durability.NONE);
  }

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

  @Test
  void nothingAcknowledgedIsLostByTwentyKills() throws Exception {
    killWriters(20, new Random().nextLong());
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByFourHundredKills() throws Exception {
    // A new folder now and then: every round looks at all that the ones before it left.
    for (folders = 0; folders < 20; folders++) {
      killWriters(20, new Random().nextLong());
    }
  }

  private void killWriters(int rounds, long seed) throws Exception {
    System.out.println("FileCrashTest seed " + seed);
    Random random = new Random(seed);
    counted = 0;
    perhapsCounted = 0;
    try (FileSessionStore store = FileSessionStore.open(folder(), CrashWriter.KEYS, 1)) {
      String counter =
          store.create(
              CrashWriter.envelope(Optional.empty()), Map.of(), CrashWriter.SOON, CrashWriter.NOW);
      Process next = start(random.nextInt(1_000_000), counter);
      for (int round = 0; round < rounds; round++) {
        Process doomed = next;
        // The next one is at work already: a killed process must not be in others' way either.
        next = start(random.nextInt(1_000_000), counter);
        check(store, killAfter(doomed, 1 + random.nextInt(600)));
      }
      check(store, killAfter(next, 1));
      long count =
          Long.parseLong(store.load(counter).orElseThrow().attributes().get(CrashWriter.COUNTER));
      assertTrue(counted <= count && count <= counted + perhapsCounted, count + " of " + counted);
      checkThatEverythingEnds(store);
    }
  }

  private Process start(int seed, String counter) throws IOException {
    List<String> command =
        ChildJvm.command(
            List.of(), CrashWriter.class, folder().toString(), Integer.toString(seed), counter);
    Process writer =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    writers.add(writer);
    return writer;
  }

  /** Kills it once it has said so many lines, and answers what it had said until then. */
  private Map<String, Known> killAfter(Process writer, int lines) throws IOException {
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
    assertTrue(said.size() >= lines, "it ended by itself");
    Map<String, Known> known = new HashMap<>();
    for (String line : said) {
      if (!line.endsWith(CrashWriter.END)) {
        continue; // the last one, cut
      }
      String[] words = line.split(" ", -1);
      if (words[0].equals(CrashWriter.COUNTER)) {
        counted += words[1].equals("!") ? 1 : 0;
      } else {
        known.computeIfAbsent(words[0], id -> new Known()).hear(words[1], words[2], words[3]);
      }
    }
    // One for each of its threads, whose last step may have been stored and not said.
    perhapsCounted += 3;
    return known;
  }

  private void check(FileSessionStore store, Map<String, Known> known) throws IOException {
    Map<String, List<Map<String, String>>> stored = scan();
    known.forEach(
        (id, session) -> {
          List<Map<String, String>> copies = stored.getOrDefault(id, List.of());
          for (Map<String, String> copy : copies) {
            assertEquals(copy.get("a"), copy.get("b"), id + " is half a session");
          }
          if (session.token != null && session.underWay == null) {
            boolean there = store.load(session.token).isPresent();
            assertEquals(!session.ended, there, id + (there ? " came back" : " is lost"));
            assertEquals(session.ended ? 0 : 1, copies.size(), id);
          }
          if (session.token != null && !session.ended) {
            checkValue(id, session, copies);
          }
        });
    assertEquals(0, store.unreadable());
    assertTrue(Files.notExists(folder().resolve("quarantine")), "nothing was damaged");
  }

  private static void checkValue(String id, Known session, List<Map<String, String>> copies) {
    String underWay = String.valueOf(session.underWay);
    if (copies.isEmpty()) {
      assertEquals("end", underWay, id + " is lost");
      return;
    }
    int value = Integer.parseInt(String.valueOf(copies.get(0).get("a")));
    int most = session.value + (underWay.equals("set") ? 1 : 0);
    assertTrue(session.value <= value && value <= most, id + " went back to " + value);
  }

  /** What is in the files, by the id of the session. */
  private Map<String, List<Map<String, String>>> scan() throws IOException {
    Map<String, List<Map<String, String>>> found = new HashMap<>();
    SlotFolder files = files();
    files.forEach(
        name -> {
          Optional<RecordCodec.Content> content =
              name.length() == 32
                  ? files.read(name).flatMap(slot -> RecordCodec.decode(slot.content()))
                  : Optional.empty();
          content
              .map(RecordCodec.Content::attributes)
              .ifPresent(
                  attributes ->
                      found
                          .computeIfAbsent(
                              attributes.getOrDefault("id", "?"), id -> new ArrayList<>())
                          .add(attributes));
        });
    return found;
  }

  /** Every file has a deadline, and everybody's sessions can be ended through the index. */
  private void checkThatEverythingEnds(FileSessionStore store) throws IOException {
    store.create(
        CrashWriter.envelope(Optional.empty()), Map.of(), CrashWriter.SOON, CrashWriter.NOW);
    SlotFolder files = files();
    files.forEach(name -> assertTrue(files.read(name).isPresent(), name + " never ends"));
    for (String person : CrashWriter.PEOPLE) {
      store.revokeAll(person, Optional.empty(), CrashWriter.NOW);
    }
    assertEquals(0, store.stats(CrashWriter.NOW).signedIn(), "unknown to the index");
    assertNotNull(store.load("nothing"));
  }
}
