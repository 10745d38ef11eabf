// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionListener;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.Forward;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Sessions, each in a file of its own and under a lock of its own, whoever's they are. Knows how
 * many there are, so that what has ended is swept in time.
 */
final class SessionFiles {
  /** What a forward begins with; a session begins with the length of its envelope, never 0. */
  private static final byte FORWARD = 0;

  private static final Pattern HANDLE = Pattern.compile("[0-9a-f]{32}");

  private final SlotFolder files;
  private final FileLocks locks;
  private final FileSweep sweep;
  private final UnreadableSessions unreadable;
  private volatile boolean leavesMarks;
  private volatile SessionListener listener = new SessionListener() {};

  SessionFiles(SlotFolder files, FileLocks locks, FileSweep sweep, UnreadableSessions unreadable) {
    this.files = files;
    this.locks = locks;
    this.sweep = sweep;
    this.unreadable = unreadable;
  }

  /** The lock of a session; whoever writes it holds it. */
  FileLocks.Held lock(String handle) {
    return locks.acquire(handle);
  }

  /** The locks of two sessions, one of which is to take the place of the other. */
  FileLocks.Held lock(String handle, String other) {
    return locks.acquire(handle, other);
  }

  /** Needs no lock. */
  Optional<SlotFile.Slot> read(String handle) throws IOException {
    Optional<SlotFile.Slot> slot = files.read(handle);
    if (slot.isPresent()) {
      return slot;
    }
    if (files.exists(handle)) {
      return readLocked(handle);
    }
    // Without the folder nobody knows whether there is such a session.
    return locks.verify() ? slot : files.read(handle);
  }

  /** Two writes overtook the read, or the file is unreadable; the lock tells which. */
  private Optional<SlotFile.Slot> readLocked(String handle) throws IOException {
    try (FileLocks.Held held = lock(handle)) {
      Optional<SlotFile.Slot> slot = files.read(handle);
      if (slot.isEmpty() && files.exists(handle)) {
        countUnreadable(handle);
        if (files.setAside(handle)) {
          sweep.ended();
        }
      }
      return slot;
    }
  }

  void countUnreadable(String handle) {
    unreadable.found(handle);
  }

  void setListener(SessionListener listener) {
    this.listener = listener;
    unreadable.tell(listener);
  }

  /** Who is told about what only the store notices. */
  SessionListener listener() {
    return listener;
  }

  long unreadable() {
    return unreadable.count();
  }

  /** What is in the place of a session that was rotated; empty for anything else. */
  static Optional<Forward> forward(SlotFile.Slot slot) {
    ByteBuffer content = slot.content();
    return content.hasRemaining() && content.get() == FORWARD
        ? Forward.fromText(StandardCharsets.US_ASCII.decode(content).toString())
        : Optional.empty();
  }

  /**
   * Puts a forward in the place of a session; the caller holds its lock. The file is replaced, not
   * overwritten: damage to it must not bring back the session that was there before. If this
   * throws, that session is still there; the caller syncs the folder.
   */
  void forward(String handle, Forward forward, Instant deadline) throws IOException {
    byte[] text = forward.toText().getBytes(StandardCharsets.US_ASCII);
    byte[] content = new byte[1 + text.length];
    content[0] = FORWARD;
    System.arraycopy(text, 0, content, 1, text.length);
    files.replace(handle, new SlotFolder.Content(deadline, content));
  }

  /** The name that a session has now; what is no handle, or unknown, is returned as it is. */
  String current(String handle) throws IOException {
    String name = handle;
    while (HANDLE.matcher(name).matches()) {
      Optional<Forward> forward = read(name).flatMap(SessionFiles::forward);
      if (forward.isEmpty()) {
        break;
      }
      name = forward.get().handle();
    }
    return name;
  }

  /** Writes a session that must not exist yet. */
  void begin(String handle, SlotFolder.Content content) throws IOException {
    files.create(handle, content);
    sweep.began();
  }

  /**
   * Changes a session, whose lock the caller does not hold.
   *
   * @return false, and nothing written, if it is not there or nothing comes of it
   * @throws SlotFolder.NewerFile if a newer program wrote it
   */
  boolean change(String handle, Function<SlotFile.Slot, Optional<SlotFolder.Content>> change)
      throws IOException {
    try (FileLocks.Held held = lock(handle)) {
      return files.readKnown(handle).isPresent() && files.change(handle, change);
    }
  }

  /** Ends a session; the caller holds its lock. */
  void end(String handle) throws IOException {
    if (!leavesMarks) {
      if (files.delete(handle)) {
        sweep.ended();
      }
      return;
    }
    Optional<SlotFile.Slot> slot = files.read(handle);
    if (slot.isPresent() && SessionRecord.isSession(slot.get())) {
      files.replace(handle, new SlotFolder.Content(slot.get().deadline(), SessionRecord.ended()));
      files.syncFolder(handle);
    }
  }

  /** From now on the end of a session leaves a mark. */
  void leaveMarks() {
    leavesMarks = true;
  }

  /** Ends a session, whose lock the caller does not hold; whether it was live. */
  boolean end(String handle, Instant now) throws IOException {
    try (FileLocks.Held held = lock(handle)) {
      Optional<SlotFile.Slot> slot = files.read(handle);
      if (slot.filter(SessionRecord::isTaken).isPresent()) {
        throw Transfer.moved(handle);
      }
      boolean live =
          slot.filter(found -> found.deadline().isAfter(now) && SessionRecord.isSession(found))
              .isPresent();
      if (slot.filter(SessionRecord::isMark).isEmpty()) {
        end(handle);
      }
      return live;
    }
  }
}
