package dev.lms.session;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A revocation list for all processes of one machine: a folder with an empty file for each revoked
 * session, named by its end and its handle.
 */
public final class FileRevocations implements Revocations {
  private static final int SWEEP_EVERY = 1024;

  private final Path folder;
  private final AtomicInteger revoked = new AtomicInteger();

  private FileRevocations(Path folder) {
    this.folder = folder;
  }

  /**
   * The list in this folder, which is made if it is missing.
   *
   * @throws IllegalArgumentException if the folder is a symbolic link, someone else's, or writable
   *     by others
   * @throws SessionStoreException if it cannot be made
   */
  public static FileRevocations open(Path folder) {
    PrivateFolder.open(folder);
    return new FileRevocations(folder);
  }

  @Override
  public boolean revoke(String handle, Instant until, Instant now) {
    try {
      boolean first = write(folder.resolve(handle), until);
      if (revoked.incrementAndGet() % SWEEP_EVERY == 1) {
        sweep(now);
      }
      return first;
    } catch (IOException e) {
      throw new SessionStoreException("cannot write to the revocation list " + folder, e);
    }
  }

  @Override
  public boolean isRevoked(String handle) {
    return Files.exists(folder.resolve(handle));
  }

  private static boolean write(Path file, Instant until) throws IOException {
    try {
      Files.writeString(
          file,
          Long.toString(until.toEpochMilli()),
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private void sweep(Instant now) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (ended(file, now)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static boolean ended(Path file, Instant now) throws IOException {
    try {
      return Long.parseLong(Files.readString(file)) < now.toEpochMilli();
    } catch (NoSuchFileException | NumberFormatException e) {
      // Another process swept it, or is just writing it.
      return false;
    }
  }
}
