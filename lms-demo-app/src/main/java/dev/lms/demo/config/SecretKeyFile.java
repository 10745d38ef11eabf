// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The secret key of a site that was given none, and those it is being rotated from and to:
 * generated once, readable by its owner only, the same for every process that starts on the same
 * data folder, however many start at once.
 */
public final class SecretKeyFile {
  private static final String NAME = "secret.key";
  private static final int KEY_BYTES = 32;

  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;

  /** The key file in this data folder. */
  public SecretKeyFile(Path dataDir) {
    this.folder = dataDir;
  }

  /** A new key: 256 random bits in 43 characters. */
  public static String generate() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  Path path() {
    return folder.resolve(NAME);
  }

  /** Whether there is a key already. */
  public boolean exists() {
    return Files.exists(folder.resolve(NAME));
  }

  /** Whether nobody but its owner may read it, as far as this system can tell. */
  public boolean isPrivate() {
    try {
      return OWNER.containsAll(Files.getPosixFilePermissions(path()));
    } catch (IOException | UnsupportedOperationException e) {
      return true;
    }
  }

  /**
   * The keys in the file, which is created if it is not there.
   *
   * @throws ConfigException when the file cannot be used, with the remedy
   */
  public StoredKeys readOrCreate() {
    Path file = folder.resolve(NAME);
    try {
      DataFolder.create(folder);
      try {
        return read();
      } catch (NoSuchFileException e) {
        create(file);
        return read();
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new ConfigException(
          List.of(
              "LMS_DATA_DIR: no key could be kept in "
                  + file
                  + " ("
                  + e
                  + "); make the folder writable or set SECRET_KEY"));
    }
  }

  /** Whoever links first wins; a reader sees no key or a whole one, never a part. */
  private void create(Path file) throws IOException {
    Path temporary = write(StoredKeys.first(generate()));
    try {
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster: its key is the key.
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A reader sees the keys from before or these, never a part. */
  void replace(StoredKeys keys) throws IOException {
    Path temporary = write(keys);
    try {
      Files.move(temporary, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Path write(StoredKeys keys) throws IOException {
    Path temporary =
        Files.createTempFile(
            folder,
            NAME,
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(keys.toText());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    return temporary;
  }

  /**
   * The keys in the file.
   *
   * @throws ConfigException when it is damaged, with the remedy
   */
  StoredKeys read() throws IOException {
    Path file = folder.resolve(NAME);
    return StoredKeys.fromText(Files.readString(file, StandardCharsets.US_ASCII))
        .orElseThrow(
            () ->
                new ConfigException(
                    List.of(
                        "SECRET_KEY: the generated key in "
                            + file
                            + " is damaged; delete the file (everyone is signed out) or set"
                            + " SECRET_KEY")));
  }
}
