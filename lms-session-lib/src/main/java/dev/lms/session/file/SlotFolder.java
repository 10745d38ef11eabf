// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.KeyRing;
import dev.lms.session.crypto.Hmac;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A private folder of {@linkplain SlotFile slot files}, spread over 256 sub-folders by the first
 * two characters of their names. Callers that write hold the lock of that name. When a write
 * returns, it has got as far as the {@link Durability} says.
 */
final class SlotFolder {
  private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
  private static final Set<OpenOption> CHANGE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final Pattern SHARD = Pattern.compile("[0-9a-f]{2}");
  private static final String TEMPORARY = ".tmp";
  private static final Duration STALE = Duration.ofDays(1);

  private final Path folder;
  private final SlotFile layout;
  private final Durability durability;
  private final Quarantine quarantine;

  SlotFolder(Path folder, KeyRing keys, Durability durability) {
    this.folder = folder;
    this.layout = new SlotFile(keys.keys("file").stream().map(Hmac::new).toList());
    this.durability = durability;
    this.quarantine = new Quarantine(folder.resolve("quarantine"));
  }

  /** What a file holds from now on. */
  static final class Content {
    private final Instant deadline;
    private final byte[] bytes;
    private final int version;

    Content(Instant deadline, byte[] bytes) {
      this(deadline, bytes, SlotFile.FIRST_VERSION);
    }

    /** Of a schema that programs of before do not know, so that they leave the file alone. */
    Content(Instant deadline, byte[] bytes, int version) {
      this.deadline = deadline;
      this.bytes = bytes;
      this.version = version;
    }
  }

  /** A file that only a newer program can read: to this one it is neither absent nor damaged. */
  static final class NewerFile extends IOException {
    private static final long serialVersionUID = 1;

    private NewerFile(Path file) {
      super(
          "%s is of a newer version of this program, and nothing in it was changed: finish the"
                  .formatted(file)
              + " upgrade of every process that uses this folder");
    }
  }

  /** What is to be done with each name. */
  interface Visitor {
    void visit(String name) throws IOException;
  }

  /** Whether there is such a file; an error is not taken for none. */
  boolean exists(String name) throws IOException {
    return PrivateFolder.exists(file(name));
  }

  /** Empty if there is no such file, or nothing whole in it. */
  Optional<SlotFile.Slot> read(String name) throws IOException {
    try (FileChannel file = FileChannel.open(file(name), READ)) {
      return layout.read(file, name);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a file, for callers who hold its lock and must not take what a newer program wrote for
   * nothing.
   *
   * @throws NewerFile if a newer program wrote it
   */
  Optional<SlotFile.Slot> readKnown(String name) throws IOException {
    Optional<SlotFile.Slot> slot = read(name);
    if (slot.isEmpty() && exists(name)) {
      refuseNewer(name);
    }
    return slot;
  }

  private void refuseNewer(String name) throws IOException {
    if (diagnose(name) == SlotFile.Unreadable.NEWER) {
      throw new NewerFile(file(name));
    }
  }

  /** Writes a file that must not exist yet. */
  void create(String name, Content content) throws IOException {
    write(file(name), name, content);
    syncFolder(name);
  }

  /**
   * Reads a file and writes what comes of it.
   *
   * @return false, and nothing written, if there is nothing whole to change or nothing comes of it
   */
  boolean change(String name, Function<SlotFile.Slot, Optional<Content>> change)
      throws IOException {
    try (FileChannel file = FileChannel.open(file(name), CHANGE)) {
      Optional<SlotFile.Slot> slot = layout.read(file, name);
      Optional<Content> next = slot.flatMap(change);
      if (slot.isEmpty() || next.isEmpty()) {
        return false;
      }
      write(file, name, slot.get(), next.get());
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Writes what comes of a file, whether there is one or not; if nothing comes of it, there is none
   * afterwards. What nobody here can read is put aside.
   *
   * @throws NewerFile if a newer program wrote it; nothing has happened then
   */
  void put(String name, Function<Optional<SlotFile.Slot>, Optional<Content>> change)
      throws IOException {
    try (FileChannel file = FileChannel.open(file(name), CHANGE)) {
      Optional<SlotFile.Slot> slot = layout.read(file, name);
      if (slot.isEmpty()) {
        refuseNewer(name);
        quarantine.take(file(name));
      }
      Optional<Content> next = change.apply(slot);
      if (next.isEmpty()) {
        delete(name);
      } else if (slot.isEmpty()) {
        replace(name, next.get());
        syncFolder(name);
      } else {
        write(file, name, slot.get(), next.get());
      }
    } catch (NoSuchFileException e) {
      Optional<Content> next = change.apply(Optional.empty());
      if (next.isPresent()) {
        create(name, next.get());
      }
    }
  }

  /** The same, where {@link #readKnown} has found this since the lock is held. */
  void put(String name, Optional<SlotFile.Slot> found, Optional<Content> next) throws IOException {
    if (found.isPresent() && next.isPresent()) {
      try (FileChannel file = FileChannel.open(file(name), CHANGE)) {
        write(file, name, found.get(), next.get());
        return;
      } catch (NoSuchFileException e) {
        // Somebody has just removed it.
      }
    }
    put(name, any -> next);
  }

  private void write(FileChannel file, String name, SlotFile.Slot slot, Content content)
      throws IOException {
    if (slot.fits(content.bytes.length) && slot.version() == content.version) {
      layout.overwrite(file, name, slot, content.deadline, content.bytes);
      sync(file);
    } else {
      replace(name, content);
      syncFolder(name);
    }
  }

  /** Whether there was one. */
  boolean delete(String name) throws IOException {
    boolean deleted = Files.deleteIfExists(file(name));
    if (deleted) {
      syncFolder(name);
    }
    return deleted;
  }

  /**
   * Deals with a file that {@link #read} found nothing in although its lock was held: what nobody
   * can read goes into quarantine, what others may be able to read stays.
   *
   * @return whether it is gone
   */
  boolean setAside(String name) throws IOException {
    return switch (diagnose(name)) {
      case EMPTY -> delete(name);
      case NEWER, OTHER_KEY -> false;
      case DAMAGED -> quarantine.take(file(name));
    };
  }

  /**
   * Removes a file if its deadline has passed, a crash left it behind, or nobody can read it; the
   * caller holds its lock.
   *
   * @param damaged hears of what nobody can read before it is gone
   * @return whether it is gone
   */
  boolean sweep(String name, Instant now, Consumer<String> damaged) throws IOException {
    if (name.endsWith(TEMPORARY)) {
      return delete(name);
    }
    Optional<SlotFile.Slot> slot = read(name);
    if (slot.isPresent() || !exists(name)) {
      return slot.filter(found -> found.deadline().isAfter(now)).isEmpty() && delete(name);
    }
    if (diagnose(name) == SlotFile.Unreadable.DAMAGED) {
      damaged.accept(name);
    }
    return setAside(name) || (hasEndedForAll(file(name), now) && delete(name));
  }

  /** Makes a file look new, if it has not been changed for long, to those who go by age. */
  void keepFresh(String name, Instant now) throws IOException {
    BasicFileAttributeView view =
        Files.getFileAttributeView(file(name), BasicFileAttributeView.class);
    try {
      if (view.readAttributes().lastModifiedTime().toInstant().plus(STALE).isBefore(now)) {
        FileTime time = FileTime.from(now);
        view.setTimes(time, time, null);
      }
    } catch (NoSuchFileException e) {
      // It has just ended.
    }
  }

  /** What others may be able to read ends by what it claims, or by its age. */
  private static boolean hasEndedForAll(Path path, Instant now) throws IOException {
    try (FileChannel file = FileChannel.open(path, READ)) {
      return SlotFile.claimedDeadline(file).filter(end -> !end.isAfter(now)).isPresent()
          || Quarantine.isOld(Files.getLastModifiedTime(path), now);
    }
  }

  void sweepQuarantine(Instant now) throws IOException {
    quarantine.sweep(now);
  }

  private SlotFile.Unreadable diagnose(String name) throws IOException {
    try (FileChannel file = FileChannel.open(file(name), READ)) {
      return layout.diagnose(file);
    }
  }

  /** The name that the lock of a file's name goes by: a replacement shares it. */
  static String lockName(String name) {
    return name.endsWith(TEMPORARY) ? name.substring(0, name.length() - TEMPORARY.length()) : name;
  }

  /**
   * Visits every name, in no order; what comes and goes meanwhile may be missed. What somebody put
   * where no name leads is nobody's and stays.
   */
  void forEach(Visitor visitor) throws IOException {
    for (Path shard : shards()) {
      forEach(shard, visitor);
    }
  }

  /** Visits every name in one of the {@link #shards}. */
  void forEach(Path shard, Visitor visitor) throws IOException {
    try (DirectoryStream<Path> names = Files.newDirectoryStream(shard)) {
      for (Path file : names) {
        String name = file.getFileName().toString();
        // A folder, a pipe or a link is nobody's: reading it fails, or never ends.
        if (name.startsWith(shard.getFileName().toString())
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          visitor.visit(name);
        }
      }
    } catch (NoSuchFileException e) {
      // Somebody has just removed it.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** The sub-folders that there are. */
  List<Path> shards() throws IOException {
    return shards(folder);
  }

  /** Those in a folder of slot files. */
  static List<Path> shards(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder, SlotFolder::isShard)) {
      shards.forEach(found::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private static boolean isShard(Path path) {
    return SHARD.matcher(path.getFileName().toString()).matches() && Files.isDirectory(path);
  }

  /**
   * A new file takes the place of the old one: for content that has outgrown its slots, or that
   * must not leave the old content in the other one. If this throws, the old one is still there;
   * the caller then {@linkplain #syncFolder syncs the folder}.
   */
  void replace(String name, Content content) throws IOException {
    Path larger = file(name + TEMPORARY);
    Files.deleteIfExists(larger);
    write(larger, name, content);
    Files.move(larger, file(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private void write(Path path, String name, Content content) throws IOException {
    try (FileChannel file = createFile(path)) {
      layout.create(file, name, content.deadline, content.bytes, content.version);
      sync(file);
    } catch (IOException | RuntimeException e) {
      // A full disk, say: leave no half file behind.
      Files.deleteIfExists(path);
      throw e;
    }
  }

  private FileChannel createFile(Path path) throws IOException {
    try {
      return FileChannel.open(path, NEW, PrivateFolder.FILE);
    } catch (NoSuchFileException e) {
      PrivateFolder.create(path.resolveSibling(""));
      syncFolder(folder);
      return FileChannel.open(path, NEW, PrivateFolder.FILE);
    }
  }

  private void sync(FileChannel file) throws IOException {
    if (durability != Durability.NONE) {
      file.force(durability == Durability.FULL);
    }
  }

  /** The folder that this name is in, if so much durability was asked for. */
  void syncFolder(String name) throws IOException {
    syncFolder(file(name).resolveSibling(""));
  }

  private void syncFolder(Path path) throws IOException {
    if (durability == Durability.FULL) {
      try (FileChannel entries = FileChannel.open(path, READ)) {
        entries.force(true);
      }
    }
  }

  private Path file(String name) {
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }
}
