package dev.lms.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A revocation list for all processes of one machine: a folder with a file for each revoked
 * session, named by its handle and holding its end. An entry appears whole or not at all, whatever
 * interrupts its writing.
 */
public final class FileRevocations implements Revocations {
  private static final int SWEEP_EVERY = 1024;
  private static final Pattern END = Pattern.compile("-?\\d{1,18}");
  private static final String DRAFT = ".draft";

  private final Path folder;
  private final Durability durability;
  private final AtomicInteger revoked = new AtomicInteger();

  private FileRevocations(Path folder, Durability durability) {
    this.folder = folder;
    this.durability = durability;
  }

  /**
   * The list in this folder, which is made if it is missing; syncs nothing.
   *
   * @throws IllegalArgumentException if the folder is a symbolic link, someone else's, writable by
   *     others, or in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be made
   */
  public static FileRevocations open(Path folder) {
    return open(folder, Durability.NONE);
  }

  /**
   * The list in this folder, which is made if it is missing.
   *
   * @param durability with anything but {@link Durability#NONE}, a revocation that was acknowledged
   *     survives the death of the machine
   * @throws IllegalArgumentException if the folder is a symbolic link, someone else's, writable by
   *     others, or in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be made
   */
  public static FileRevocations open(Path folder, Durability durability) {
    PrivateFolder.open(folder);
    return new FileRevocations(folder, durability);
  }

  @Override
  public boolean revoke(String handle, Instant until, Instant now) {
    try {
      boolean first = enter(handle, until);
      if (revoked.incrementAndGet() % SWEEP_EVERY == 1) {
        sweep(now);
      }
      return first;
    } catch (IOException e) {
      throw PrivateFolder.trouble("write to the revocation list", folder, e);
    }
  }

  @Override
  public boolean isRevoked(String handle) {
    Path entry = folder.resolve(handle);
    if (Files.notExists(entry)) {
      return false;
    }
    if (Files.exists(entry)) {
      return true;
    }
    throw new SessionStoreException(
        "cannot read the revocation list %s: see that this process may enter it".formatted(folder));
  }

  /**
   * A draft is written first, and then gets its name by a link, which fails if the name is taken.
   *
   * @return false if it was entered already
   */
  private boolean enter(String handle, Instant until) throws IOException {
    Path entry = folder.resolve(handle);
    if (Files.exists(entry)) {
      return false;
    }
    Path draft = Files.createTempFile(folder, handle, DRAFT, PrivateFolder.FILE);
    try {
      write(draft, Long.toString(until.toEpochMilli()));
      Files.createLink(entry, draft);
      syncFolder();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (NoSuchFileException e) {
      // A sweep took the draft for debris.
      return enter(handle, until);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private void write(Path draft, String text) throws IOException {
    try (FileChannel file = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      if (durability != Durability.NONE) {
        file.force(true);
      }
    }
  }

  private void syncFolder() throws IOException {
    if (durability != Durability.NONE) {
      try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
        entries.force(true);
      }
    }
  }

  private void sweep(Instant now) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (file.toString().endsWith(DRAFT) || ended(file, now)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static boolean ended(Path file, Instant now) throws IOException {
    try {
      String end = Files.readString(file);
      // Without one, the machine died before it was on disk: that the entry is there still counts.
      return END.matcher(end).matches()
          ? Long.parseLong(end) < now.toEpochMilli()
          : Quarantine.isOld(Files.getLastModifiedTime(file), now);
    } catch (NoSuchFileException e) {
      // Another process swept it.
      return false;
    }
  }
}
