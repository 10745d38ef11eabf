// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.file.FileIndex.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Entries of an index as they are in a file, a line each. */
final class IndexText {
  private IndexText() {}

  /** Until when they are needed. */
  static Instant end(Collection<Entry> entries) {
    Instant end = Instant.MIN;
    for (Entry entry : entries) {
      end = entry.deadline().isAfter(end) ? entry.deadline() : end;
    }
    return end.plus(IndexFiles.CLOCK_SKEW);
  }

  /** With the latest deadline of them all. */
  static SlotFolder.Content encode(Collection<Entry> entries) {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(entry.handle()).append(' ').append(entry.deadline().toEpochMilli());
      text.append(' ').append(entry.seen().toEpochMilli());
      text.append(' ').append(entry.signedIn().toEpochMilli());
      text.append(' ').append(entry.root()).append('\n');
    }
    return new SlotFolder.Content(
        end(entries), text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  /** The file's MAC was right, so what is in it is what {@link #encode} wrote. */
  static List<Entry> decode(SlotFile.Slot slot) {
    return StandardCharsets.US_ASCII
        .decode(slot.content())
        .toString()
        .lines()
        .map(IndexText::entry)
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
