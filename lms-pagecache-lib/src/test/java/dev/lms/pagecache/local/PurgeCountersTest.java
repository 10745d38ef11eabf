// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.store.PageStoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeCountersTest {
  @TempDir Path folder = Path.of("");

  /** Another process that uses the file: purges on {@code purge TAG}, answers {@code clock}. */
  public static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] args) throws IOException {
      PurgeCounters counters = PurgeCounters.shared(Path.of(args[0]));
      System.out.println("ready");
      BufferedReader in =
          new BufferedReader(new java.io.InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "purge" -> {
            for (int i = 0; i < Integer.parseInt(words[2]); i++) {
              counters.purge(List.of(words[1]));
            }
          }
          case "purgedSince" ->
              System.out.println(
                  counters.purgedSince(
                      Long.parseLong(words[2]), counters.slotsOf(List.of(words[1]))));
          default -> throw new IOException("What is " + line + "?");
        }
        System.out.println("done");
      }
    }
  }

  /** A running {@link OtherProcess}. */
  private static final class Peer implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;

    Peer(Path file) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  OtherProcess.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      out = process.inputReader(StandardCharsets.UTF_8);
      in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    String read() throws IOException {
      String line = out.readLine();
      assertNotNull(line, "the other process ended");
      return line;
    }

    void send(String line) {
      in.println(line);
    }

    @Override
    public void close() {
      in.close();
      Process ended = process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
      assertEquals(0, ended.exitValue());
    }
  }

  @Test
  void aPurgeReachesTheOtherProcessBothWays() throws Exception {
    Path file = folder.resolve("purges");
    PurgeCounters mine = PurgeCounters.shared(file);
    int[] slots = mine.slotsOf(List.of("course:é"));
    try (Peer peer = new Peer(file)) {
      assertEquals("ready", peer.read());
      long before = mine.clock();
      peer.send("purge course:é 1");
      assertEquals("done", peer.read());
      assertTrue(mine.purgedSince(before, slots));

      long now = mine.clock();
      assertFalse(mine.purgedSince(now, slots));
      mine.purge(List.of("course:é"));
      peer.send("purgedSince course:é " + now);
      assertEquals("true", peer.read());
      assertEquals("done", peer.read());
    }
  }

  @Test
  void processesThatStartAndPurgeAtOnceLoseNoPurge() throws Exception {
    Path file = folder.resolve("purges");
    int purges = 20_000;
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      peers.add(new Peer(file));
    }
    for (Peer peer : peers) {
      assertEquals("ready", peer.read());
    }
    for (Peer peer : peers) {
      peer.send("purge t" + peers.indexOf(peer) + " " + purges);
    }
    for (Peer peer : peers) {
      assertEquals("done", peer.read());
      peer.close();
    }
    PurgeCounters counters = PurgeCounters.shared(file);
    assertEquals(3L * purges, counters.clock());
    // The last purge of some tag has the last number.
    assertTrue(counters.purgedSince(3L * purges - 1, counters.slotsOf(List.of("t0", "t1", "t2"))));
  }

  @Test
  void outlivesItsProcesses() throws Exception {
    Path file = folder.resolve("purges");
    PurgeCounters.shared(file).purge(List.of("t"));
    PurgeCounters later = PurgeCounters.shared(file);
    assertTrue(later.purgedSince(0, later.slotsOf(List.of("t"))));
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    Path file = folder.resolve("purges");
    PurgeCounters.shared(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void refusesAnotherFile() throws Exception {
    Path file = folder.resolve("notes.txt");
    Files.writeString(file, "somebody's notes, which are not to be touched");
    IOException e = assertThrows(IOException.class, () -> PurgeCounters.shared(file));
    assertTrue(e.toString().contains("notes.txt is not a file of purge counters"), e.toString());
    assertTrue(Files.readString(file).startsWith("somebody's notes"));
  }

  @Test
  void refusesASymbolicLink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("target"));
    assertThrows(IOException.class, () -> PurgeCounters.shared(link));
    assertFalse(Files.exists(folder.resolve("target")));
  }

  @Test
  void namesAMissingFolder() {
    IOException e =
        assertThrows(
            IOException.class, () -> PurgeCounters.shared(folder.resolve("no").resolve("purges")));
    assertTrue(e.toString().contains("The folder"), e.toString());
  }

  @Test
  void anOlderPurgeNeverLowersASlot() throws Exception {
    PurgeCounters counters = PurgeCounters.inProcess();
    Parallel.run(
        8,
        () -> {
          for (int i = 0; i < 2000; i++) {
            long before = counters.clock();
            counters.purge(List.of("t"));
            assertTrue(counters.purgedSince(before, counters.slotsOf(List.of("t"))));
          }
          return null;
        });
    assertTrue(counters.purgedSince(8 * 2000 - 1, counters.slotsOf(List.of("t"))));
  }

  /** The numbers of a file are few, and a page may have a thousand tags. */
  @Test
  void purgesOfOtherTagsTakeFewPagesAway() throws Exception {
    PurgeCounters counters = PurgeCounters.shared(folder.resolve("purges"));
    long before = counters.clock();
    for (int i = 0; i < 20; i++) {
      counters.purge(List.of("purged " + i));
    }
    int lost = 0;
    for (int page = 0; page < 200; page++) {
      List<String> tags = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        tags.add("page " + page + " tag " + i);
      }
      lost += counters.purgedSince(before, counters.slotsOf(tags)) ? 1 : 0;
      tags.set(page % 1000, "purged " + page % 20);
      assertTrue(counters.purgedSince(before, counters.slotsOf(tags)), "its own");
    }
    assertTrue(lost <= 5, "lost " + lost + " of 200");
  }

  /** On a full disk, touching what has no place yet would be an error in whoever looks. */
  @Test
  void takesItsPlaceOnTheDiskAtOnce() throws Exception {
    Path file = folder.resolve("purges");
    PurgeCounters.shared(file);
    Process stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
    String[] blocks = stat.inputReader().readLine().strip().split(" ", -1);
    assertTrue(
        Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]) >= Files.size(file),
        List.of(blocks).toString());
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList(), "no drafts are left");
    }
  }

  /** Two files would be two caches that purge past one another. */
  @Test
  void aPurgeReachesTheOtherProcessAfterTheFileWasRemoved() throws Exception {
    Path file = folder.resolve("purges");
    PurgeCounters mine = PurgeCounters.shared(file);
    int[] slots = mine.slotsOf(List.of("t"));
    mine.purge(List.of("t", "u"));
    for (int i = 0; i < 3; i++) {
      long before = mine.clock();
      assertFalse(mine.purgedSince(before, slots));
      Files.delete(file);
      try (Peer peer = new Peer(file)) {
        assertEquals("ready", peer.read());
        peer.send("purge t 1");
        assertEquals("done", peer.read());
        long now = mine.clock();
        assertTrue(mine.purgedSince(before, slots), "whoever begins now looks first");
        assertFalse(mine.purgedSince(now, slots));
        mine.purge(List.of("t"));
        assertTrue(mine.purgedSince(now, slots));
        peer.send("purgedSince t 1");
        assertEquals("true", peer.read());
        assertEquals("done", peer.read());
      }
    }
  }

  @Test
  void aFileThatIsCutShortIsReplaced() throws Exception {
    Path file = folder.resolve("purges");
    PurgeCounters mine = PurgeCounters.shared(file);
    PurgeCounters other = PurgeCounters.shared(file);
    int[] slots = mine.slotsOf(List.of("t"));
    for (int i = 0; i < 20; i++) {
      long before = untilItWorks(mine::clock);
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(i % 2 == 0 ? 0 : 4096);
      }
      if (i % 3 == 0) {
        untilItWorks(() -> purge(mine));
      }
      untilItWorks(
          () -> {
            mine.clock();
            return mine.purgedSince(before, slots) ? 1L : null;
          });
      untilItWorks(() -> purge(other));
      long now = untilItWorks(other::clock);
      untilItWorks(() -> purge(other));
      untilItWorks(
          () -> {
            mine.clock();
            return mine.purgedSince(now, slots) ? 1L : null;
          });
    }
  }

  private static Long purge(PurgeCounters counters) {
    counters.purge(List.of("t"));
    return 1L;
  }

  /**
   * Whoever meets the gap may be told so, by the JVM even, and late: a fault in mapped memory is
   * thrown at the thread's next safepoint, wherever that is. So each attempt has its own thread.
   */
  private static long untilItWorks(Callable<@Nullable Long> attempt) throws Exception {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    AtomicReference<@Nullable Long> result = new AtomicReference<>();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    while (result.get() == null) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  result.set(attempt.call());
                } catch (Exception e) {
                  failure.set(e);
                }
              });
      thread.setUncaughtExceptionHandler((failed, e) -> failure.set(e));
      thread.start();
      thread.join();
      if (System.nanoTime() - giveUp > 0) {
        throw new AssertionError("still not", failure.get());
      }
    }
    return Objects.requireNonNull(result.get());
  }

  @Test
  void withoutItsFolderNothingIsKeptAndPurgesFail() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path file = home.resolve("purges");
    PurgeCounters mine = PurgeCounters.shared(file);
    int[] slots = mine.slotsOf(List.of("t"));
    long before = mine.clock();
    Path away = Files.move(home, folder.resolve("away"));
    PageStoreException e = assertThrows(PageStoreException.class, () -> mine.purge(List.of("t")));
    assertTrue(String.valueOf(e.getMessage()).contains("gone"), e.getMessage());
    assertTrue(mine.purgedSince(before, slots));
    assertTrue(mine.purgedSince(mine.clock(), slots), "nothing is kept meanwhile");
    Files.move(away, home);
    mine.purge(List.of("t"));
    assertFalse(mine.purgedSince(mine.clock(), slots));
    assertTrue(mine.purgedSince(before, slots), "who knows what was purged meanwhile");
  }
}
