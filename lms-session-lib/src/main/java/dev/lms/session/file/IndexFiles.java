// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * How a person's index is kept in files, so that a change costs the same however many entries there
 * are. A few are all in one file. Once they are more than fit a small one, it holds only how many
 * there are at most, and the entries are in up to 256 others beside it, by the first two characters
 * of their handles. The number comes before an entry that begins, and after one that leaves;
 * whatever dies in between, it is never too low. All of a person's files are under one lock.
 */
final class IndexFiles {
  /** Entries stay this long past their deadline, for workers whose clock is behind ours. */
  static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  static final String SUFFIX = ".index";
  private static final Pattern PART = Pattern.compile("(.+)\\.([0-9a-f]{8})[0-9a-f]{2}\\.index");

  /** As many fit the smallest slot. */
  private static final int MOST_IN_ONE = 18;

  private static final List<String> PARTS =
      IntStream.range(0, 256).mapToObj(i -> HexFormat.of().toHexDigits((byte) i)).toList();

  private final SlotFolder files;

  IndexFiles(SlotFolder files) {
    this.files = files;
  }

  static boolean isIndex(String name) {
    return name.endsWith(SUFFIX);
  }

  private static String part(String name, String group, String part) {
    return name.substring(0, name.length() - SUFFIX.length()) + '.' + group + part + SUFFIX;
  }

  private static String partOf(String handle) {
    return handle.substring(0, 2);
  }

  /**
   * The file with an index's name: with all its entries, or with what is known of its parts.
   *
   * @param group what the names of its parts begin with; empty if it has none
   * @param found where it is written; empty if that is to be looked for
   */
  private record Main(
      Instant deadline,
      List<FileIndex.Entry> entries,
      int most,
      String group,
      Optional<SlotFile.Slot> found) {
    static final Main NONE = new Main(Instant.MIN, List.of(), 0, "", Optional.empty());

    static Main of(SlotFile.Slot slot) {
      if (slot.version() == SlotFile.FIRST_VERSION) {
        List<FileIndex.Entry> entries = IndexText.decode(slot);
        return new Main(slot.deadline(), entries, entries.size(), "", Optional.of(slot));
      }
      String text = StandardCharsets.US_ASCII.decode(slot.content()).toString();
      int space = text.indexOf(' ');
      int most = Integer.parseInt(text, 0, space, 10);
      return new Main(
          slot.deadline(), List.of(), most, text.substring(space + 1), Optional.of(slot));
    }

    static Main parted(Instant deadline, int most, String group) {
      return new Main(deadline, List.of(), most, group, Optional.empty());
    }

    boolean isParted() {
      return !group.isEmpty();
    }

    private SlotFolder.Content content() {
      byte[] text = (most + " " + group).getBytes(StandardCharsets.US_ASCII);
      return new SlotFolder.Content(deadline, text, SlotFile.VERSION);
    }
  }

  private Main main(String name) throws IOException {
    return files.readKnown(name).map(Main::of).orElse(Main.NONE);
  }

  /** All entries, in no order. */
  List<FileIndex.Entry> all(String name) throws IOException {
    Main main = main(name);
    return main.isParted() ? allParts(name, main.group) : main.entries;
  }

  private List<FileIndex.Entry> allParts(String name, String group) throws IOException {
    List<FileIndex.Entry> all = new ArrayList<>();
    for (String part : PARTS) {
      all.addAll(entries(part(name, group, part)));
    }
    return all;
  }

  private List<FileIndex.Entry> entries(String part) throws IOException {
    return files.readKnown(part).map(IndexText::decode).orElse(List.of());
  }

  /** No less than the number of entries. */
  int most(String name) throws IOException {
    return main(name).most;
  }

  /** The entry of a session, if there is one. */
  Optional<FileIndex.Entry> find(String name, String handle) throws IOException {
    Main main = main(name);
    List<FileIndex.Entry> entries =
        main.isParted() ? entries(part(name, main.group, partOf(handle))) : main.entries;
    return entries.stream().filter(entry -> entry.handle().equals(handle)).findFirst();
  }

  /**
   * Takes out and puts in. On the way, what has ended leaves the files that are written.
   *
   * @param known how many entries there are, if all were read
   */
  void change(
      String name,
      Collection<FileIndex.Entry> put,
      Set<String> leave,
      Instant now,
      Optional<Integer> known)
      throws IOException {
    Main main = main(name);
    if (main.isParted()) {
      changeParts(name, main, put, leave, now, known.orElse(main.most));
      return;
    }
    Map<String, FileIndex.Entry> entries = changed(main.entries, put, leave, now);
    if (entries.size() > MOST_IN_ONE) {
      // The parts first: until the main file says so, nobody looks at them.
      String group = UUID.randomUUID().toString().substring(0, 8);
      for (Map.Entry<String, List<FileIndex.Entry>> part : byPart(entries.values()).entrySet()) {
        write(part(name, group, part.getKey()), Optional.empty(), part.getValue());
      }
      write(name, main.found, Main.parted(IndexText.end(entries.values()), entries.size(), group));
    } else {
      write(name, main.found, entries.values());
    }
  }

  /** What becomes of a file. */
  private record Part(
      String file, Optional<SlotFile.Slot> found, Optional<SlotFolder.Content> content) {}

  private void changeParts(
      String name,
      Main main,
      Collection<FileIndex.Entry> put,
      Set<String> leave,
      Instant now,
      int known)
      throws IOException {
    Map<String, List<FileIndex.Entry>> puts = byPart(put);
    Map<String, Set<String>> leaves = new HashMap<>();
    leave.forEach(
        handle -> leaves.computeIfAbsent(partOf(handle), any -> new HashSet<>()).add(handle));
    Set<String> parts = new TreeSet<>(puts.keySet());
    parts.addAll(leaves.keySet());
    List<Part> after = new ArrayList<>();
    int most = known;
    for (String part : parts) {
      List<FileIndex.Entry> in = puts.getOrDefault(part, List.of());
      Set<String> out = new HashSet<>(leaves.getOrDefault(part, Set.of()));
      in.forEach(entry -> out.add(entry.handle()));
      String file = part(name, main.group, part);
      Optional<SlotFile.Slot> slot = files.readKnown(file);
      IndexText.Kept kept =
          slot.map(found -> IndexText.keep(found, out, now.minus(CLOCK_SKEW)))
              .orElse(IndexText.Kept.NONE);
      most += in.size() - kept.gone();
      after.add(new Part(file, slot, kept.and(in)));
    }
    Instant end = put.isEmpty() ? main.deadline : IndexText.end(put);
    Instant deadline = end.isAfter(main.deadline) ? end : main.deadline;
    if (most > main.most || deadline.isAfter(main.deadline)) {
      write(name, main.found, Main.parted(deadline, Math.max(most, main.most), main.group));
    }
    for (Part part : after) {
      files.put(part.file, part.found, part.content);
    }
    if (most <= 0) {
      files.delete(name);
    } else if (most < main.most) {
      // It may have been written above.
      write(name, Optional.empty(), Main.parted(deadline, most, main.group));
    }
  }

  private static Map<String, List<FileIndex.Entry>> byPart(Collection<FileIndex.Entry> entries) {
    Map<String, List<FileIndex.Entry>> parts = new TreeMap<>();
    entries.forEach(
        entry ->
            parts.computeIfAbsent(partOf(entry.handle()), any -> new ArrayList<>()).add(entry));
    return parts;
  }

  private static Map<String, FileIndex.Entry> changed(
      Collection<FileIndex.Entry> before,
      Collection<FileIndex.Entry> put,
      Set<String> leave,
      Instant now) {
    Map<String, FileIndex.Entry> entries = new LinkedHashMap<>();
    before.stream()
        .filter(entry -> entry.isLive(now.minus(CLOCK_SKEW)) && !leave.contains(entry.handle()))
        .forEach(entry -> entries.put(entry.handle(), entry));
    put.forEach(entry -> entries.put(entry.handle(), entry));
    return entries;
  }

  private void write(
      String name, Optional<SlotFile.Slot> found, Collection<FileIndex.Entry> entries)
      throws IOException {
    files.put(
        name, found, entries.isEmpty() ? Optional.empty() : Optional.of(IndexText.encode(entries)));
  }

  private void write(String name, Optional<SlotFile.Slot> found, Main main) throws IOException {
    files.put(name, found, Optional.of(main.content()));
  }

  /**
   * What can be read of the entries that a file has: its own, or those of its parts. None of a part
   * that belongs to another file, which has them.
   */
  List<FileIndex.Entry> ofFile(String name) throws IOException {
    if (isPartOfAnother(name)) {
      return List.of();
    }
    Main main = files.read(name).map(Main::of).orElse(Main.NONE);
    return main.isParted() ? allParts(name, main.group) : main.entries;
  }

  private boolean isPartOfAnother(String name) throws IOException {
    Matcher part = PART.matcher(name);
    return part.matches()
        && files
            .read(part.group(1) + SUFFIX)
            .map(Main::of)
            .filter(main -> main.group.equals(part.group(2)))
            .isPresent();
  }

  /** Removes a file of which nothing is needed any more, with its parts if it has any. */
  void remove(String name) throws IOException {
    if (isPartOfAnother(name)) {
      return;
    }
    Main main = files.read(name).map(Main::of).orElse(Main.NONE);
    if (main.isParted()) {
      for (String part : PARTS) {
        files.delete(part(name, main.group, part));
      }
    }
    files.delete(name);
  }
}
