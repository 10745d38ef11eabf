package dev.lms.session;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A private folder of {@linkplain SlotFile slot files}, spread over 256 sub-folders by the first
 * two characters of their names. Callers that write hold the lock of that name.
 */
final class SlotFolder {
  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final String TEMPORARY = ".tmp";

  private final Path folder;
  private final SlotFile layout;

  SlotFolder(Path folder, KeyRing keys) {
    this.folder = folder;
    this.layout = new SlotFile(keys.hmacs("file"));
  }

  /** What a file shall hold from now on. */
  static final class Content {
    private final Instant deadline;
    private final byte[] bytes;

    Content(Instant deadline, byte[] bytes) {
      this.deadline = deadline;
      this.bytes = bytes;
    }
  }

  /** What is to be done with each name. */
  interface Visitor {
    void visit(String name) throws IOException;
  }

  boolean exists(String name) {
    return Files.exists(file(name));
  }

  /** Empty if there is no such file, or nothing whole in it. */
  Optional<SlotFile.Slot> read(String name) throws IOException {
    try (FileChannel file = FileChannel.open(file(name), StandardOpenOption.READ)) {
      return layout.read(file, name);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Writes a file that must not exist yet. */
  void create(String name, Content content) throws IOException {
    Path path = file(name);
    try (FileChannel file = createFile(path)) {
      layout.create(file, name, content.deadline, content.bytes);
    } catch (IOException | RuntimeException e) {
      // A full disk, say: leave no half file behind.
      Files.deleteIfExists(path);
      throw e;
    }
  }

  /**
   * Reads a file and writes what comes of it.
   *
   * @return false, and nothing written, if there is nothing whole to change or nothing comes of it
   */
  boolean change(String name, Function<SlotFile.Slot, Optional<Content>> change)
      throws IOException {
    try (FileChannel file =
        FileChannel.open(file(name), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Optional<SlotFile.Slot> slot = layout.read(file, name);
      Optional<Content> next = slot.flatMap(change);
      if (slot.isEmpty() || next.isEmpty()) {
        return false;
      }
      Content content = next.get();
      if (slot.get().fits(content.bytes.length)) {
        layout.overwrite(file, name, slot.get(), content.deadline, content.bytes);
      } else {
        replace(name, content);
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Writes a file, whatever was there before. */
  void put(String name, Content content) throws IOException {
    if (!change(name, before -> Optional.of(content))) {
      delete(name);
      create(name, content);
    }
  }

  /** Whether there was one. */
  boolean delete(String name) throws IOException {
    return Files.deleteIfExists(file(name));
  }

  /** True also for what a crash left behind half written. */
  boolean hasEnded(String name, Instant now) throws IOException {
    try (FileChannel file = FileChannel.open(file(name), StandardOpenOption.READ)) {
      return SlotFile.claimedDeadline(file).filter(deadline -> deadline.isAfter(now)).isEmpty();
    } catch (NoSuchFileException e) {
      return true;
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
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path shard : shards) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
          for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.startsWith(shard.getFileName().toString())) {
              visitor.visit(name);
            }
          }
        }
      }
    }
  }

  private static FileChannel createFile(Path path) throws IOException {
    try {
      return FileChannel.open(path, NEW, PrivateFolder.FILE);
    } catch (NoSuchFileException e) {
      PrivateFolder.create(path.resolveSibling(""));
      return FileChannel.open(path, NEW, PrivateFolder.FILE);
    }
  }

  /**
   * A new file takes the place of the old one: for content that has outgrown its slots, or that
   * must not leave the old content in the other one.
   */
  void replace(String name, Content content) throws IOException {
    Path larger = file(name + TEMPORARY);
    Files.deleteIfExists(larger);
    try (FileChannel file = createFile(larger)) {
      layout.create(file, name, content.deadline, content.bytes);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(larger);
      throw e;
    }
    Files.move(larger, file(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path file(String name) {
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }
}
