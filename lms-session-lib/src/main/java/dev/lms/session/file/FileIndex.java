// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionLimit;
import dev.lms.session.store.PrincipalNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Whose sessions there are: one file per person, named by a keyed hash of their id, beside the
 * sessions. Whoever begins, rotates, touches or ends a person's session holds that person's lock
 * from the first step to the last, so nothing can come between the index and the session.
 *
 * <p>Only the death of the process can: so a session is entered before it is written, and taken out
 * after it has ended. An entry without a session does no harm, and ends with its deadline.
 */
final class FileIndex {
  private static final String SUFFIX = ".index";

  /** Entries stay this long past their deadline, for workers whose clock is behind ours. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private final SlotFolder files;
  private final FileLocks locks;
  private final PrincipalNames names;

  FileIndex(SlotFolder files, FileLocks locks, KeyRing keys) {
    this.files = files;
    this.locks = locks;
    this.names = new PrincipalNames(keys);
  }

  /**
   * A session of the person.
   *
   * @param root the handle it had at sign-in: the same for all that one session was rotated into
   */
  record Entry(String handle, Instant deadline, Instant seen, Instant signedIn, String root) {
    boolean isLive(Instant now) {
      return deadline.isAfter(now);
    }
  }

  static boolean isIndex(String name) {
    return name.endsWith(SUFFIX);
  }

  /** The lock of a person; never taken while a session's is held. */
  FileLocks.Held lock(String principalId) {
    return locks.acquireIndex(stripe(principalId));
  }

  /** The lock of the people of a file, whose name begins with their stripe. */
  FileLocks.Held lockFile(String name) {
    return locks.acquireIndex(stripeOfFile(name));
  }

  /** The lock of the people of a file, if it is free at once. */
  Optional<FileLocks.Held> tryLockFile(String name) {
    return locks.tryAcquireIndex(stripeOfFile(name));
  }

  private static int stripeOfFile(String name) {
    return Integer.parseInt(name.substring(0, 2), 16);
  }

  private static int stripe(String principalId) {
    int hash = principalId.hashCode();
    return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & 0xff;
  }

  /** The file's names under each key of the ring, the current one first. */
  private List<String> names(String principalId) {
    String stripe = HexFormat.of().toHexDigits((byte) stripe(principalId));
    return names.of(principalId).stream().map(name -> stripe + name + SUFFIX).toList();
  }

  /**
   * The person's entries, the oldest sign-in first; the caller holds the lock.
   *
   * @throws SlotFolder.NewerFile if a newer program wrote them, as everything here that needs them
   *     all or changes them does, but {@link #leave}
   */
  List<Entry> entries(String principalId) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (String name : names(principalId)) {
      readKnown(name).forEach(entry -> entries.putIfAbsent(entry.handle(), entry));
    }
    return sorted(entries.values());
  }

  private List<Entry> readKnown(String name) throws IOException {
    return files.readKnown(name).map(FileIndex::decode).orElse(List.of());
  }

  /**
   * What can be read of the entries in one file, of whichever person; the caller holds the lock.
   */
  List<Entry> read(String name) throws IOException {
    return files.read(name).map(FileIndex::decode).orElse(List.of());
  }

  /**
   * Enters a session that is about to begin. The one it replaces, if any, is not counted, and hands
   * on its root.
   *
   * @return what must end to stay within the limit; empty, and nothing written, if it refuses
   */
  Optional<List<Entry>> enter(
      String principalId, Entry entry, Optional<String> replaced, SessionLimit limit, Instant now)
      throws IOException {
    List<Entry> others = new ArrayList<>();
    for (Entry other : entries(principalId)) {
      if (other.isLive(now) && replaced.filter(other.handle()::equals).isEmpty()) {
        others.add(other);
      }
    }
    Set<String> debris = new HashSet<>();
    if (others.size() >= limit.max()) {
      // Only now it matters which of them are sessions. With the lock held no sign-in is half-way,
      // so an entry without a session is debris.
      for (Entry other : others) {
        if (!files.exists(other.handle())) {
          debris.add(other.handle());
        }
      }
      others.removeIf(other -> debris.contains(other.handle()));
    }
    int excess = others.size() - limit.max() + 1;
    if (excess > 0 && limit.refuses()) {
      return Optional.empty();
    }
    change(
        principalId,
        now,
        entries -> {
          entries.keySet().removeAll(debris);
          String root =
              replaced
                  .map(old -> entries.containsKey(old) ? entries.get(old).root() : old)
                  .orElse(entry.root());
          entries.put(
              entry.handle(),
              new Entry(entry.handle(), entry.deadline(), now, entry.signedIn(), root));
        });
    return Optional.of(others.subList(0, Math.max(0, excess)));
  }

  /** Moves the deadline of an entry, before its session's; brings back one that was lost. */
  void touch(String principalId, Entry touched, Instant now) throws IOException {
    change(
        principalId,
        now,
        entries -> {
          Entry known = entries.getOrDefault(touched.handle(), touched);
          Instant deadline =
              known.deadline().isAfter(touched.deadline()) ? known.deadline() : touched.deadline();
          entries.put(
              touched.handle(),
              new Entry(touched.handle(), deadline, now, touched.signedIn(), known.root()));
        });
  }

  /** Enters a session that comes from another store, unless it is known. */
  void arrive(String principalId, Entry entry, Instant now) throws IOException {
    change(principalId, now, entries -> entries.putIfAbsent(entry.handle(), entry));
  }

  /** Takes out sessions that have ended, if this program can read where they are. */
  void leave(String principalId, Collection<String> handles, Instant now) throws IOException {
    try {
      change(principalId, now, entries -> entries.keySet().removeAll(handles));
    } catch (SlotFolder.NewerFile e) {
      // The sessions have ended; their entries do no harm, and end with their deadlines.
    }
  }

  /** Writes what comes of it under the current key's name, and drops it under older ones. */
  private void change(String principalId, Instant now, Consumer<Map<String, Entry>> change)
      throws IOException {
    List<String> names = names(principalId);
    List<String> older = names.subList(1, names.size());
    List<Entry> olderEntries = new ArrayList<>();
    for (String name : older) {
      olderEntries.addAll(readKnown(name));
    }
    files.put(
        names.get(0),
        slot -> {
          Map<String, Entry> entries = new LinkedHashMap<>();
          Stream.concat(
                  slot.map(FileIndex::decode).orElse(List.of()).stream(), olderEntries.stream())
              .filter(entry -> entry.isLive(now.minus(CLOCK_SKEW)))
              .forEach(entry -> entries.putIfAbsent(entry.handle(), entry));
          change.accept(entries);
          return entries.isEmpty()
              ? Optional.empty()
              : Optional.of(encode(sorted(entries.values())));
        });
    for (String name : older) {
      files.delete(name);
    }
  }

  private static List<Entry> sorted(Collection<Entry> entries) {
    return entries.stream().sorted(Comparator.comparing(Entry::signedIn)).toList();
  }

  private static SlotFolder.Content encode(List<Entry> entries) {
    StringBuilder text = new StringBuilder();
    Instant end = Instant.MIN;
    for (Entry entry : entries) {
      text.append(entry.handle()).append(' ').append(entry.deadline().toEpochMilli());
      text.append(' ').append(entry.seen().toEpochMilli());
      text.append(' ').append(entry.signedIn().toEpochMilli());
      text.append(' ').append(entry.root()).append('\n');
      end = entry.deadline().isAfter(end) ? entry.deadline() : end;
    }
    return new SlotFolder.Content(
        end.plus(CLOCK_SKEW), text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** The file's MAC was right, so what is in it is what {@link #encode} wrote. */
  private static List<Entry> decode(SlotFile.Slot slot) {
    return StandardCharsets.US_ASCII
        .decode(slot.content())
        .toString()
        .lines()
        .map(FileIndex::entry)
        .toList();
  }

  private static Entry entry(String line) {
    int deadline = line.indexOf(' ') + 1;
    int seen = line.indexOf(' ', deadline) + 1;
    int signedIn = line.indexOf(' ', seen) + 1;
    int root = line.indexOf(' ', signedIn) + 1;
    return new Entry(
        line.substring(0, deadline - 1),
        instant(line, deadline, seen),
        instant(line, seen, signedIn),
        instant(line, signedIn, root),
        line.substring(root));
  }

  /** The number that begins here; the next word begins there. */
  private static Instant instant(String line, int from, int next) {
    return Instant.ofEpochMilli(Long.parseLong(line, from, next - 1, 10));
  }
}
