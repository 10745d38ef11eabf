// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionLimit;
import dev.lms.session.store.PrincipalNames;
import java.io.IOException;
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

/**
 * Whose sessions there are: {@linkplain IndexFiles files} for each person, named by a keyed hash of
 * their id, beside the sessions. Whoever begins, rotates, touches or ends a person's session holds
 * that person's lock from the first step to the last, so nothing can come between the index and the
 * session.
 *
 * <p>Only the death of the process can: so a session is entered before it is written, and taken out
 * after it has ended. An entry without a session does no harm, and ends with its deadline.
 */
final class FileIndex {
  private final SlotFolder files;
  private final IndexFiles indexes;
  private final FileLocks locks;
  private final PrincipalNames names;

  FileIndex(SlotFolder files, FileLocks locks, KeyRing keys) {
    this.files = files;
    this.indexes = new IndexFiles(files);
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
    return IndexFiles.isIndex(name);
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
    return names.of(principalId).stream().map(name -> stripe + name + IndexFiles.SUFFIX).toList();
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
      indexes.all(name).forEach(entry -> entries.putIfAbsent(entry.handle(), entry));
    }
    return sorted(entries.values());
  }

  /**
   * What can be read of the entries that a file has, of whichever person; the caller holds the
   * lock.
   */
  List<Entry> read(String name) throws IOException {
    return indexes.ofFile(name);
  }

  /** Removes a file of which nothing is needed any more; the caller holds the lock. */
  void remove(String name) throws IOException {
    indexes.remove(name);
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
    String name = bringTogether(principalId, now);
    Optional<Entry> old =
        replaced.isPresent() ? indexes.find(name, replaced.get()) : Optional.empty();
    String root = old.map(Entry::root).or(() -> replaced).orElse(entry.root());
    Entry entered = new Entry(entry.handle(), entry.deadline(), now, entry.signedIn(), root);
    if (indexes.most(name) < limit.max()) {
      // Far from the limit nobody needs to know them all.
      indexes.change(name, List.of(entered), Set.of(), now, Optional.empty());
      return Optional.of(List.of());
    }
    List<Entry> all = sorted(indexes.all(name));
    List<Entry> others = new ArrayList<>();
    Set<String> debris = new HashSet<>();
    for (Entry other : all) {
      if (!other.isLive(now.minus(IndexFiles.CLOCK_SKEW))) {
        debris.add(other.handle());
      } else if (other.isLive(now) && replaced.filter(other.handle()::equals).isEmpty()) {
        others.add(other);
      }
    }
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
    indexes.change(name, List.of(entered), debris, now, Optional.of(all.size()));
    return Optional.of(others.subList(0, Math.max(0, excess)));
  }

  /** Moves the deadline of an entry, before its session's; brings back one that was lost. */
  void touch(String principalId, Entry touched, Instant now) throws IOException {
    String name = bringTogether(principalId, now);
    Entry known = indexes.find(name, touched.handle()).orElse(touched);
    Instant deadline =
        known.deadline().isAfter(touched.deadline()) ? known.deadline() : touched.deadline();
    Entry moved = new Entry(touched.handle(), deadline, now, touched.signedIn(), known.root());
    indexes.change(name, List.of(moved), Set.of(), now, Optional.empty());
  }

  /** Enters a session that comes from another store, unless it is known. */
  void arrive(String principalId, Entry entry, Instant now) throws IOException {
    String name = bringTogether(principalId, now);
    if (indexes.find(name, entry.handle()).isEmpty()) {
      indexes.change(name, List.of(entry), Set.of(), now, Optional.empty());
    }
  }

  /** Takes out sessions that have ended, if this program can read where they are. */
  void leave(String principalId, Collection<String> handles, Instant now) throws IOException {
    try {
      String name = bringTogether(principalId, now);
      indexes.change(name, List.of(), Set.copyOf(handles), now, Optional.empty());
    } catch (SlotFolder.NewerFile e) {
      // The sessions have ended; their entries do no harm, and end with their deadlines.
    }
  }

  /** The name under the current key, where all is that was under older ones. */
  private String bringTogether(String principalId, Instant now) throws IOException {
    List<String> names = names(principalId);
    String current = names.get(0);
    for (String older : names.subList(1, names.size())) {
      List<Entry> entries = new ArrayList<>();
      for (Entry entry : indexes.all(older)) {
        if (entry.isLive(now.minus(IndexFiles.CLOCK_SKEW))
            && indexes.find(current, entry.handle()).isEmpty()) {
          entries.add(entry);
        }
      }
      if (!entries.isEmpty()) {
        indexes.change(current, entries, Set.of(), now, Optional.empty());
      }
      indexes.remove(older);
    }
    return current;
  }

  private static List<Entry> sorted(Collection<Entry> entries) {
    return entries.stream().sorted(Comparator.comparing(Entry::signedIn)).toList();
  }
}
