// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionStoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The folder of a {@linkplain FileRevocations revocation list}, which tells an empty list from one
 * that is not there.
 *
 * <p>The list has a name of its own, drawn at random when it is begun. A file in the folder bears
 * it, the marker: where there is no such file, there is no such list. A note beside the folder
 * holds it too, so that a process that starts without the folder knows that there was one.
 */
final class RevocationFolder {
  private static final System.Logger LOG = System.getLogger(FileRevocations.class.getName());
  private static final String MARKER = ".list-";
  private static final Pattern NAME = Pattern.compile("\\.list-[0-9a-f]{32}");
  private static final String DRAFT = ".draft";
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path folder;
  private final Path marker;

  private RevocationFolder(Path folder, String name) {
    this.folder = folder;
    this.marker = folder.resolve(name);
  }

  /**
   * The list in this folder; a new one if there was none.
   *
   * @throws IllegalArgumentException as {@link PrivateFolder#open}
   * @throws SessionStoreException if there was one and it is gone
   */
  static RevocationFolder open(Path folder, Durability durability) {
    Path note = note(folder);
    try {
      Optional<String> known = read(note);
      if (known.isPresent() && !PrivateFolder.exists(folder)) {
        throw new RevocationFolder(folder, known.get()).gone();
      }
      PrivateFolder.open(folder);
      String name = known.isPresent() ? known.get() : begin(folder, note, durability);
      RevocationFolder list = new RevocationFolder(folder, name);
      if (!list.isThere()) {
        throw list.gone();
      }
      return list;
    } catch (IOException e) {
      throw PrivateFolder.trouble("use the revocation list", folder, e);
    }
  }

  private static Path note(Path folder) {
    return folder.toAbsolutePath().resolveSibling(folder.getFileName() + ".list");
  }

  private static Optional<String> read(Path note) throws IOException {
    if (!PrivateFolder.exists(note)) {
      return Optional.empty();
    }
    String name = Files.readString(note, StandardCharsets.UTF_8).strip();
    if (!NAME.matcher(name).matches()) {
      throw new IOException(note + " is damaged");
    }
    return Optional.of(name);
  }

  /**
   * Whatever dies in between, the next start goes on with the marker that is there. The marker
   * comes first, so a note never promises a list that was not begun.
   */
  private static String begin(Path folder, Path note, Durability durability) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> markers = Files.newDirectoryStream(folder, MARKER + "*")) {
      markers.forEach(file -> names.add(String.valueOf(file.getFileName())));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    if (names.isEmpty()) {
      String name = MARKER + UUID.randomUUID().toString().replace("-", "");
      create(folder.resolve(name), "revocation list\n", durability);
      sync(folder, durability);
      names.add(name);
    }
    String mine = names.first();
    String agreed = announce(note, mine, durability);
    if (!agreed.equals(mine)) {
      Files.deleteIfExists(folder.resolve(mine));
    }
    return agreed;
  }

  /** Of several processes that begin a list at once, the first decides. */
  private static String announce(Path note, String name, Durability durability) throws IOException {
    try {
      Path draft = note.resolveSibling(note.getFileName() + "." + UUID.randomUUID() + DRAFT);
      try {
        create(draft, name + "\n", durability);
        Files.createLink(note, draft);
        sync(note.resolveSibling(""), durability);
        return name;
      } catch (FileAlreadyExistsException e) {
        return read(note).orElse(name);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (AccessDeniedException e) {
      // The folder was made for us where we may make nothing.
      LOG.log(
          Level.WARNING,
          "cannot write {0}: without it a list lost between starts is not noticed",
          e);
      return name;
    }
  }

  /**
   * In one go: a process that begins a list at the same time may take a marker away again as soon
   * as it is there.
   */
  private static void create(Path file, String text, Durability durability) throws IOException {
    try (FileChannel channel = FileChannel.open(file, NEW, PrivateFolder.FILE)) {
      write(channel, text, durability);
    }
  }

  static void write(Path file, String text, Durability durability) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      write(channel, text, durability);
    }
  }

  private static void write(FileChannel channel, String text, Durability durability)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    if (durability != Durability.NONE) {
      channel.force(true);
    }
  }

  static void sync(Path folder, Durability durability) throws IOException {
    if (durability != Durability.NONE) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  Path path() {
    return folder;
  }

  Path entry(String handle) {
    return folder.resolve(handle);
  }

  static boolean isMarker(Path file) {
    return String.valueOf(file.getFileName()).startsWith(MARKER);
  }

  /**
   * Whether there is an entry of this name.
   *
   * @throws SessionStoreException if that cannot be told
   */
  boolean holds(String handle) {
    // Looks that throw nothing when there is nothing, as is the rule: each request makes one.
    if (Files.exists(entry(handle))) {
      return true;
    }
    check();
    return false;
  }

  /**
   * Sees that the list is there.
   *
   * @throws SessionStoreException if it is not
   */
  void check() {
    if (!isThere()) {
      throw gone();
    }
  }

  private boolean isThere() {
    return Files.exists(marker);
  }

  private SessionStoreException gone() {
    try {
      if (PrivateFolder.exists(marker)) {
        return new SessionStoreException("the revocation list %s was gone".formatted(folder));
      }
    } catch (FileSystemException e) {
      return new SessionStoreException(
          "cannot read the revocation list %s: see that this process may enter it (%s)"
              .formatted(folder, e.getMessage()),
          e);
    } catch (IOException e) {
      return PrivateFolder.trouble("read the revocation list", folder, e);
    }
    return new SessionStoreException(
        ("the revocation list %s is gone, and with it who has signed out: mount or restore it; or"
                + " else replace the secret key, so that no old cookie counts, delete %s and"
                + " restart")
            .formatted(folder, note(folder)));
  }

  /**
   * Makes the marker look new, to whoever removes files by their age.
   *
   * @return the time, by the clock of the file system
   */
  FileTime touch() throws IOException {
    try (FileChannel channel =
        FileChannel.open(marker, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer first = ByteBuffer.allocate(1);
      channel.read(first, 0);
      channel.write(first.rewind(), 0);
    }
    return Files.getLastModifiedTime(marker);
  }
}
