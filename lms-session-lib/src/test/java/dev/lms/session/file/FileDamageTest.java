// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.SessionTokens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a damaged session file reads as, and what becomes of it. */
class FileDamageTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final KeyRing NEW_KEYS =
      KeyRing.of("a secret for tests, long enough 0002", "a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant AFTER = SOON.plusSeconds(1);
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());
  private static final Principal ADA = new Principal("ada", Set.of());
  private static final Envelope PERSON =
      new Envelope(NOW, Optional.of(NOW), NOW.plus(Duration.ofDays(7)), Optional.of(ADA));
  private static final int HEADER = 8;

  @TempDir Path parent;
  private FileSessionStore store;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder(), KEYS, 1, Durability.NONE, Runnable::run);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private Path folder() {
    return parent.resolve("sessions");
  }

  private Path quarantine() {
    return folder().resolve("quarantine");
  }

  private String begin() {
    return store.create(STRANGER, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
  }

  private void set(String token, String value) {
    StoredSession session = Stores.load(store, token).orElseThrow();
    Changes changes = new Changes(Map.of("v", value), Set.of(), Map.of());
    assertTrue(store.update(session, changes, WriteOptions.at(NOW, SOON)).token().isPresent());
  }

  private Optional<String> value(String token) {
    return Stores.load(store, token)
        .map(session -> session.attributes().getOrDefault("v", "missing"));
  }

  private Path file(String token) {
    String handle = new SessionTokens(KEYS).parse(token).orElseThrow().handle();
    return folder().resolve(handle.substring(0, 2)).resolve(handle);
  }

  private Path index() throws IOException {
    try (var files = Files.walk(folder())) {
      return files.filter(file -> file.toString().endsWith(".index")).findFirst().orElseThrow();
    }
  }

  /** As a newer program would have left it. */
  private static byte[] makeNewer(Path file) throws IOException {
    byte[] newer = Files.readAllBytes(file);
    newer[3]++;
    Files.write(file, newer);
    Files.setLastModifiedTime(file, FileTime.from(NOW));
    return newer;
  }

  /** What the newer program wrote is still where it was, as it was. */
  private void isLeftAlone(Path file, byte[] newer) throws IOException {
    assertTrue(Arrays.equals(newer, Files.readAllBytes(file)), "its own program reads it");
    assertEquals(List.of(), quarantined());
  }

  private static void isRefused(Path file, Executable step) {
    SessionStoreException e = assertThrows(SessionStoreException.class, step);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(file + " is of a newer version"), message);
    assertTrue(message.contains("finish the upgrade"), message);
    assertFalse(e.isOutage(), "others are served");
  }

  private List<Path> quarantined() throws IOException {
    if (Files.notExists(quarantine())) {
      return List.of();
    }
    try (var files = Files.list(quarantine())) {
      return files.toList();
    }
  }

  /** A process that has just started sweeps when a session begins. */
  private void sweep(Instant now) {
    try (FileSessionStore fresh =
        FileSessionStore.open(folder(), KEYS, 1000, Durability.NONE, Runnable::run)) {
      fresh.create(STRANGER, Map.of(), WriteOptions.at(now, now.plusSeconds(600)));
    }
  }

  /** From where to where the slot with this value is; the first byte after it is padding. */
  private static int[] slot(byte[] file, int index) {
    int start = HEADER + index * ByteBuffer.wrap(file).getInt(4);
    int length = ByteBuffer.wrap(file).getInt(start + 16);
    return new int[] {start, start + 24 + length + 16};
  }

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
  void aFileOfANewerSchemaVersionIsAbsentAndLeftAlone() throws Exception {
    String token = begin();
    Path file = file(token);
    byte[] newer = makeNewer(file);
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(1, store.unreadable());
    sweep(AFTER);
    isLeftAlone(file, newer);
    // Not for ever: a flipped bit may have made it look newer.
    sweep(NOW.plus(Duration.ofDays(91)));
    assertFalse(Files.exists(file));
  }

  /** What is not seen in it would be forgotten: that person's list, and the end of all of them. */
  @Test
  void anIndexOfANewerSchemaVersionIsLeftAloneAndWhatNeedsItIsRefused() throws Exception {
    StoredSession theirs =
        Stores.load(
                store,
                store.create(PERSON, Map.of("v", "1"), WriteOptions.at(NOW, SOON)).orElseThrow())
            .orElseThrow();
    StoredSession stranger = Stores.load(store, begin()).orElseThrow();
    Path index = index();
    byte[] ours = Files.readAllBytes(index);
    byte[] newer = makeNewer(index);
    for (Executable step :
        List.<Executable>of(
            () -> store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow(),
            () -> store.rotate(stranger, PERSON, Changes.NONE, WriteOptions.at(NOW, SOON)),
            () -> store.update(theirs, Changes.NONE, WriteOptions.at(NOW, AFTER)),
            () -> store.list("ada", NOW),
            () -> store.revoke("ada", theirs.handle(), NOW),
            () -> store.revokeAll("ada", Optional.empty(), NOW))) {
      isRefused(index, step);
      isLeftAlone(index, newer);
    }
    sweep(NOW);
    isLeftAlone(index, newer);
    assertEquals(Optional.of("1"), value(stranger.token()), "its sign-in did not happen");
    set(theirs.token(), "2");
    Files.write(index, ours);
    assertEquals(1, store.list("ada", NOW).size());
    assertEquals(1, store.revokeAll("ada", Optional.empty(), NOW));
  }

  @Test
  void aPurgeEndsWhatANewerProgramWroteToo() throws Exception {
    Path file = file(store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    Path index = index();
    makeNewer(file);
    makeNewer(index);
    store.purge(NOW);
    assertFalse(Files.exists(file));
    assertFalse(Files.exists(index));
  }

  @Test
  void signingOutNeedsNoIndex() throws Exception {
    StoredSession theirs =
        Stores.load(store, store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow())
            .orElseThrow();
    Path index = index();
    byte[] newer = makeNewer(index);
    Stores.end(store, theirs, NOW);
    assertEquals(Optional.empty(), Stores.load(store, theirs.token()));
    isLeftAlone(index, newer);
  }

  /** It may say what the session was rotated into, and that would live on. */
  @Test
  void nobodyIsToldThatASessionOfANewerSchemaVersionHasEnded() throws Exception {
    StoredSession session = Stores.load(store, begin()).orElseThrow();
    Path file = file(session.token());
    byte[] newer = makeNewer(file);
    isRefused(file, () -> Stores.end(store, session, NOW));
    isRefused(file, () -> store.delete(session.token(), Optional.empty(), NOW));
    isLeftAlone(file, newer);
  }

  @Test
  void aFileSignedWithAKeyThatThisProcessDoesNotHaveIsLeftAlone() throws Exception {
    String token = begin();
    Path file = file(token);
    try (FileSessionStore rotated =
        FileSessionStore.open(folder(), NEW_KEYS, 1, Durability.NONE, Runnable::run)) {
      for (int i = 0; i < 2; i++) {
        StoredSession session = Stores.load(rotated, token).orElseThrow();
        assertTrue(
            rotated.update(session, Changes.NONE, WriteOptions.at(NOW, SOON)).token().isPresent());
      }
      assertEquals(
          Optional.empty(), Stores.load(store, token), "this worker has not got the new key");
      sweep(NOW);
      assertEquals(List.of(), quarantined());
      assertTrue(Stores.load(rotated, token).isPresent());
      sweep(AFTER);
      assertFalse(Files.exists(file), "its deadline has passed whoever wrote it");
    }
  }

  @Test
  void anEnvelopeOfAnotherVersionIsAbsentAndCounted() throws Exception {
    String token = begin();
    Path file = file(token);
    String handle = file.getFileName().toString();
    SlotFolder files = new SlotFolder(folder(), KEYS, Durability.NONE);
    byte[] content = RecordCodec.encode(STRANGER, Map.of("v", "1"));
    content[1]++; // the envelope's version, behind its length
    assertTrue(files.change(handle, slot -> Optional.of(new SlotFolder.Content(SOON, content))));
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertEquals(1, store.unreadable());
    assertTrue(Files.exists(file), "a newer program may know it");
    sweep(AFTER);
    assertFalse(Files.exists(file), "but its deadline holds");
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
