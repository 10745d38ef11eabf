// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The keys in a data folder, in use by this process until it ends or closes this. {@link
 * KeyRotation} does nothing that a process in use of older keys would not understand.
 *
 * <p>Each process holds a shared lock on the byte of a lock file that has the number of its keys'
 * generation. Such a lock ends with its process, however that ends. The file holds nothing and is
 * open once per process, because closing any descriptor of a file drops the process's locks on it.
 */
public final class KeyUse implements AutoCloseable {
  private static final String NAME = "secret.key.lock";
  private static final int MOST_TRIES = 500;
  private static final long PAUSE_NANOS = 10_000_000;

  private final SecretKeyFile file;
  private final Path lockFile;
  private final Object lockKey;
  private final FileChannel locks;
  private final StoredKeys keys;

  private KeyUse(
      SecretKeyFile file, Path lockFile, Object lockKey, FileChannel locks, StoredKeys keys) {
    this.file = file;
    this.lockFile = lockFile;
    this.lockKey = lockKey;
    this.locks = locks;
    this.keys = keys;
  }

  /**
   * Takes the keys of this data folder into use; they are made if there are none.
   *
   * @throws ConfigException when they cannot be kept there, with the remedy
   */
  public static KeyUse begin(Path dataDir) {
    SecretKeyFile file = new SecretKeyFile(dataDir);
    StoredKeys keys = file.readOrCreate();
    for (int i = 0; i < MOST_TRIES; i++) {
      Optional<KeyUse> use = begin(dataDir, file, keys);
      if (use.isPresent()) {
        return use.get();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      keys = file.readOrCreate();
    }
    throw new ConfigException(
        List.of("SECRET_KEY: a lmsctl key rotate on " + dataDir + " does not end; is it stopped?"));
  }

  /** Empty if the keys changed between reading and locking, or are about to. */
  private static Optional<KeyUse> begin(Path dataDir, SecretKeyFile file, StoredKeys keys) {
    try {
      FileChannel locks = open(dataDir);
      Path lockFile = dataDir.resolve(NAME);
      Object lockKey = key(lockFile);
      @Nullable FileLock lock = locks.tryLock(keys.generation(), 1, true);
      if (lock != null && file.read().generation() == keys.generation()) {
        return Optional.of(new KeyUse(file, lockFile, lockKey, locks, keys));
      }
      locks.close();
      return Optional.empty();
    } catch (IOException e) {
      throw new ConfigException(
          List.of("LMS_DATA_DIR: cannot lock " + dataDir.resolve(NAME) + " (" + e + ")"));
    }
  }

  static FileChannel open(Path dataDir) throws IOException {
    return FileChannel.open(
        dataDir.resolve(NAME),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static Object key(Path file) throws IOException {
    return String.valueOf(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
  }

  /** The keys. */
  public StoredKeys keys() {
    return keys;
  }

  /**
   * Sees that processes which start now find the keys that this one signs with, and know of it.
   *
   * @throws ConfigException when somebody took the files away, with the remedy
   */
  public void check() {
    try {
      if (!file.read().knows(keys.signing())) {
        throw taken("holds another key than the one in use; bring the old one back, or restart");
      }
      if (!key(lockFile).equals(lockKey)) {
        throw taken("is as it was, but its lock file was replaced; restart before a rotation");
      }
    } catch (NoSuchFileException e) {
      throw taken(
          "or its lock file is gone; bring the key back, or restart to begin a new one (everyone is"
              + " signed out)");
    } catch (IOException e) {
      throw taken("cannot be read (" + e + ")");
    }
  }

  private ConfigException taken(String how) {
    return new ConfigException(List.of("SECRET_KEY: " + file.path() + " " + how));
  }

  @Override
  public void close() {
    try {
      locks.close();
    } catch (IOException e) {
      throw new ConfigException(List.of("LMS_DATA_DIR: cannot unlock the secret key: " + e));
    }
  }
}
