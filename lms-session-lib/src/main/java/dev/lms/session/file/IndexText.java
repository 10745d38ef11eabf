// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.file.FileIndex.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Entries of an index as they are in a file, a line each. */
final class IndexText {
  /** About as long as one is. */
  private static final int LINE = 110;

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
    entries.forEach(entry -> append(text, entry));
    return new SlotFolder.Content(
        end(entries), text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static void append(StringBuilder text, Entry entry) {
    text.append(entry.handle()).append(' ').append(entry.deadline().toEpochMilli());
    text.append(' ').append(entry.seen().toEpochMilli());
    text.append(' ').append(entry.signedIn().toEpochMilli());
    text.append(' ').append(entry.root()).append('\n');
  }

  /**
   * Entries that stay, as they are in the file: of many, few change.
   *
   * @param gone how many do not stay
   * @param end until when these are needed
   */
  record Kept(String text, int count, int gone, Instant end) {
    static final Kept NONE = new Kept("", 0, 0, Instant.MIN);

    /** With others behind them. */
    Optional<SlotFolder.Content> and(Collection<Entry> more) {
      if (count == 0 && more.isEmpty()) {
        return Optional.empty();
      }
      Instant latest = more.isEmpty() ? end : IndexText.end(more);
      StringBuilder all = new StringBuilder(text.length() + LINE * more.size()).append(text);
      more.forEach(entry -> append(all, entry));
      return Optional.of(
          new SlotFolder.Content(
              latest.isAfter(end) ? latest : end,
              all.toString().getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /** Keeps those that are live, but for some. */
  static Kept keep(SlotFile.Slot slot, Set<String> but, Instant now) {
    String text = StandardCharsets.US_ASCII.decode(slot.content()).toString();
    StringBuilder kept = new StringBuilder(text.length());
    int count = 0;
    int gone = 0;
    long end = Long.MIN_VALUE;
    int next;
    for (int from = 0; from < text.length(); from = next) {
      next = text.indexOf('\n', from) + 1;
      int word = text.indexOf(' ', from) + 1;
      long deadline = Long.parseLong(text, word, text.indexOf(' ', word), 10);
      if (deadline > now.toEpochMilli() && !but.contains(text.substring(from, word - 1))) {
        kept.append(text, from, next);
        count++;
        end = Math.max(end, deadline);
      } else {
        gone++;
      }
    }
    return count == 0
        ? new Kept("", 0, gone, Instant.MIN)
        : new Kept(
            kept.toString(), count, gone, Instant.ofEpochMilli(end).plus(IndexFiles.CLOCK_SKEW));
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
