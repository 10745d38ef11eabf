// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.SessionCensus;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a damaged session file reads as, and what becomes of it. */
class FileDamageTest extends FilesFixture {
  /** With the bytes beside it. */
  private static int[] around(int[] slot) {
    return new int[] {slot[0] - 1, slot[1] + 2};
  }

  private static boolean within(int i, int[] slot) {
    return slot[0] <= i && i < slot[1];
  }

  /**
   * Which commit a damaged file still holds. A damaged newest slot looks exactly like a write that
   * was interrupted, so the commit before it counts; there is no telling the two apart. Each byte
   * of the header and of both slots, and one in {@code step} of the padding.
   */
  private void damageEveryByte(int commits, int step) throws Exception {
    String token = begin();
    for (int commit = 2; commit <= commits; commit++) {
      set(token, Integer.toString(commit));
    }
    Path file = file(token);
    byte[] good = Files.readAllBytes(file);
    assertEquals(4096, good.length);
    int newest = (commits - 1) % 2;
    int[] newer = slot(good, newest);
    int[] older = slot(good, 1 - newest);
    Optional<String> last = Optional.of(Integer.toString(commits));
    Optional<String> before =
        commits == 1 ? Optional.empty() : Optional.of(Integer.toString(commits - 1));
    for (int i = 0; i < good.length; i++) {
      boolean padding = i >= HEADER && !within(i, around(newer)) && !within(i, around(older));
      if (padding && i % step != 0) {
        continue;
      }
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << (i % 8));
      Files.write(file, bad);
      Optional<String> flipped = i < HEADER ? Optional.empty() : within(i, newer) ? before : last;
      assertEquals(flipped, value(token), "byte " + i + " flipped");

      Files.write(file, Arrays.copyOf(good, i));
      boolean newerLeft = i >= newer[1];
      boolean olderLeft = commits > 1 && i >= older[1];
      assertEquals(
          newerLeft ? last : olderLeft ? before : Optional.empty(), value(token), "cut at " + i);
    }
    Files.write(file, good);
    assertEquals(last, value(token));
  }

  @Test
  void everyByteOfASessionThatHasJustBegun() throws Exception {
    damageEveryByte(1, 31);
  }

  @Test
  void everyByteWithTheNewestCommitInTheSecondSlot() throws Exception {
    damageEveryByte(2, 31);
  }

  @Test
  void everyByteWithTheNewestCommitInTheFirstSlot() throws Exception {
    damageEveryByte(3, 31);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  @Tag("long")
  void everyByteOfThePaddingToo(int commits) throws Exception {
    damageEveryByte(commits, 1);
  }

  @Test
  void aLargeSessionIsNoDifferent() throws Exception {
    String token = begin();
    set(token, "x".repeat(20_000));
    set(token, "y".repeat(20_000));
    Path file = file(token);
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i += 511) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      Files.write(file, bad);
      String flipped = value(token).orElse("absent");
      assertTrue(Set.of('x', 'y', 'a').contains(flipped.charAt(0)), "byte " + i + " flipped");
      Files.write(file, Arrays.copyOf(good, i));
      String cut = value(token).orElse("absent");
      assertTrue(cut.equals("absent") || cut.length() == 20_000, "cut at " + i);
    }
  }

  @Test
  void whatNobodyCanReadIsAbsentCountedAndSetAside() throws Exception {
    String token = begin();
    Path file = file(token);
    byte[] bad = Files.readAllBytes(file);
    bad[HEADER + 30] ^= 1;
    Files.write(file, bad);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(0, store.unreadable());
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(1, store.unreadable());
    assertFalse(Files.exists(file));
    assertEquals(List.of(quarantine().resolve(file.getFileName())), quarantined());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(quarantined().get(0))));
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(quarantine())));
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(1, store.unreadable(), "it is no longer there to be met");
  }

  @Test
  void theSweepSetsAsideWhatNobodyAsksFor() throws Exception {
    Path file = file(begin());
    Files.write(file, "not a session at all".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    sweep(NOW);
    assertFalse(Files.exists(file));
    assertEquals(1, quarantined().size());
  }

  @Test
  void quarantineIsBoundedInTime() throws Exception {
    String token = begin();
    Files.write(file(token), new byte[] {1, 2, 3});
    assertEquals(Optional.empty(), Stores.load(store, token));
    Path kept = quarantined().get(0);
    Files.setLastModifiedTime(kept, FileTime.from(NOW.minus(Duration.ofDays(89))));
    sweep(NOW);
    assertEquals(1, quarantined().size());
    sweep(NOW.plus(Duration.ofDays(2)));
    assertEquals(0, quarantined().size());
  }

  @Test
  void quarantineIsBoundedInNumber() throws Exception {
    Files.createDirectory(quarantine());
    for (int i = 0; i < Quarantine.MOST; i++) {
      Path old = Files.write(quarantine().resolve("old" + i), new byte[1]);
      Files.setLastModifiedTime(old, FileTime.from(NOW.minusSeconds(i)));
    }
    String token = begin();
    Files.write(file(token), new byte[] {1, 2, 3});
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(Quarantine.MOST, quarantined().size());
    assertTrue(quarantined().contains(quarantine().resolve(file(token).getFileName())));
    assertFalse(Files.exists(quarantine().resolve("old" + (Quarantine.MOST - 1))), "the oldest");
  }

  @Test
  void anUnreadableIndexIsSetAsideAndBegunAnew() throws Exception {
    store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON));
    Path index = index();
    byte[] bad = Files.readAllBytes(index);
    bad[HEADER + 30] ^= 1;
    Files.write(index, bad);
    store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON));
    assertEquals(1, store.list("ada", NOW).size());
    assertTrue(Arrays.equals(bad, Files.readAllBytes(quarantined().get(0))), "not destroyed");
  }

  @Test
  void whatACrashLeavesIsSwept() throws Exception {
    String token = begin();
    Path file = file(token);
    Files.write(file.resolveSibling(file.getFileName() + ".tmp"), Files.readAllBytes(file));
    String shard = file.getFileName().toString().substring(0, 2);
    Path empty = Files.write(file.resolveSibling(shard.repeat(16)), new byte[0]);
    Path index = Files.write(file.resolveSibling(shard.repeat(17) + ".index"), new byte[0]);
    sweep(NOW);
    assertFalse(Files.exists(file.resolveSibling(file.getFileName() + ".tmp")));
    assertFalse(Files.exists(empty));
    assertFalse(Files.exists(index));
    assertEquals(List.of(), quarantined(), "there is nothing in them to look at");
    assertEquals(Optional.of("1"), value(token));
  }

  @Test
  void oneFileThatCannotBeReadKeepsNobodyFromSigningIn() throws Exception {
    Path file = file(begin());
    String shard = file.getFileName().toString().substring(0, 2);
    Files.createDirectory(file.resolveSibling(shard.repeat(16)));
    sweep(NOW);
    sweep(AFTER);
    assertFalse(Files.exists(file), "the others are still swept");
  }

  /** A folder, a pipe, a link to nowhere, and bytes of somebody else, where a session could be. */
  @Test
  void whatSomebodyElsePutThereStopsNeitherCountingNorEndingAllSessions() throws Exception {
    store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON));
    for (int i = 0; i < 256; i++) {
      begin();
    }
    for (Path shard : List.copyOf(shards())) {
      String name = shard.getFileName().toString();
      Files.createDirectories(shard.resolve(name + "-notes").resolve("of somebody"));
      Files.createSymbolicLink(shard.resolve(name + "-link"), Path.of("nowhere"));
      Files.writeString(shard.resolve(name.repeat(16)), "of somebody else");
    }
    Path pipe = shards().get(0).resolve(shards().get(0).getFileName() + "-pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor());
    assertEquals(new SessionCensus(1, 256, shards().size()), store.stats(NOW));
    assertEquals(257, store.purge(NOW));
    assertEquals(0, store.stats(NOW).live());
    for (Path shard : shards()) {
      String name = shard.getFileName().toString();
      assertTrue(Files.exists(shard.resolve(name + "-notes").resolve("of somebody")));
    }
  }

  private List<Path> shards() throws IOException {
    try (var files = Files.list(folder())) {
      return files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{2}")).toList();
    }
  }
}
