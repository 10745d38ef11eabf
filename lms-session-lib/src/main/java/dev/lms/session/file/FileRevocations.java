// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionStoreException;
import dev.lms.session.housekeeping.Housekeeping;
import dev.lms.session.store.Revocations;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Keeps a revocation list for all processes of one machine: a folder with a file for each revoked
 * session, which is named by the session's handle and holds its end. An entry appears whole or not
 * at all, whatever interrupts its writing. Thread-safe.
 *
 * <p>A missing list is an outage, never an empty list: the folder holds a marker, and a file beside
 * it (the folder's name and {@code .list}) says that there is such a list. To discard a list, after
 * a change of the secret key, remove both.
 *
 * <p>Entries that are no longer needed are swept without a request waiting for it; {@link #close}
 * ends the sweep.
 */
public final class FileRevocations implements Revocations, AutoCloseable {
  private static final int SWEEP_EVERY = 1024;
  private static final Duration INTERVAL = Duration.ofHours(1);
  private static final Duration STALE = Duration.ofDays(1);
  private static final Pattern END = Pattern.compile("-?\\d{1,18}");
  private static final String DRAFT = ".draft";

  private final RevocationFolder list;
  private final Path folder;
  private final Durability durability;
  private final Housekeeping housekeeping;
  private final AtomicInteger revoked = new AtomicInteger();
  private final AtomicLong touchAt = new AtomicLong(System.nanoTime());

  private FileRevocations(RevocationFolder list, Durability durability, Housekeeping housekeeping) {
    this.list = list;
    this.folder = list.path();
    this.durability = durability;
    this.housekeeping = housekeeping;
  }

  /**
   * Opens the list in a folder with {@link Durability#NONE}, or begins it.
   *
   * @param folder on a local disk; created if there was no such list
   * @return the list
   * @throws IllegalArgumentException if the folder is a symbolic link, belongs to somebody else, is
   *     writable by others, or is in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be created, or existed and is gone
   */
  public static FileRevocations open(Path folder) {
    return open(folder, Durability.NONE);
  }

  /**
   * Opens the list in a folder, or begins it.
   *
   * @param folder on a local disk; created if there was no such list
   * @param durability with anything but {@link Durability#NONE}, an acknowledged revocation
   *     survives the death of the machine
   * @return the list
   * @throws IllegalArgumentException if the folder is a symbolic link, belongs to somebody else, is
   *     writable by others, or is in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be created, or existed and is gone
   */
  public static FileRevocations open(Path folder, Durability durability) {
    return new FileRevocations(
        RevocationFolder.open(folder, durability),
        durability,
        Housekeeping.onOwnThread("lms-revocations-sweep"));
  }

  /**
   * Opens the list in a folder, or begins it, and sweeps it on an executor instead of a thread of
   * its own.
   *
   * @param folder on a local disk; created if there was no such list
   * @param durability with anything but {@link Durability#NONE}, an acknowledged revocation
   *     survives the death of the machine
   * @param sweeps runs the sweep; stays open when the list is closed
   * @return the list
   * @throws IllegalArgumentException if the folder is a symbolic link, belongs to somebody else, is
   *     writable by others, or is in a folder where everybody could replace it
   * @throws SessionStoreException if it cannot be created, or existed and is gone
   */
  public static FileRevocations open(Path folder, Durability durability, Executor sweeps) {
    return new FileRevocations(
        RevocationFolder.open(folder, durability), durability, Housekeeping.on(sweeps));
  }

  @Override
  public boolean revoke(String handle, Instant until, Instant now) {
    try {
      boolean first = enter(handle, until);
      // What was written where the list should be, but is not, would be forgotten.
      list.check();
      if (revoked.incrementAndGet() % SWEEP_EVERY == 1) {
        sweep(Optional.of(now));
      }
      return first;
    } catch (IOException e) {
      list.check();
      throw PrivateFolder.trouble("write to the revocation list", folder, e);
    }
  }

  @Override
  public boolean isRevoked(String handle) {
    boolean found = list.holds(handle);
    long due = touchAt.get();
    if (System.nanoTime() - due > 0
        && touchAt.compareAndSet(due, System.nanoTime() + INTERVAL.toNanos())) {
      sweep(Optional.empty());
    }
    return found;
  }

  /**
   * A draft is written first, and then gets its name by a link, which fails if the name is taken.
   *
   * @return false if it was entered already
   */
  private boolean enter(String handle, Instant until) throws IOException {
    if (list.holds(handle)) {
      return false;
    }
    Path draft = Files.createTempFile(folder, handle, DRAFT, PrivateFolder.FILE);
    try {
      RevocationFolder.write(draft, Long.toString(until.toEpochMilli()), durability);
      Files.createLink(list.entry(handle), draft);
      RevocationFolder.sync(folder, durability);
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

  /** Without a time nothing is taken for ended; what stays is kept from whoever goes by age. */
  private void sweep(Optional<Instant> now) {
    housekeeping.begin(
        new Housekeeping.Job() {
          @Override
          public boolean step() throws IOException {
            sweepOnce(now);
            return false;
          }

          @Override
          public void failed() {
            // The next one is soon enough.
          }
        });
  }

  private void sweepOnce(Optional<Instant> now) throws IOException {
    FileTime time = list.touch();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (housekeeping.isClosed()) {
          return;
        }
        if (!RevocationFolder.isMarker(file)) {
          sweep(file, now, time);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void sweep(Path file, Optional<Instant> now, FileTime time) throws IOException {
    try {
      if (file.toString().endsWith(DRAFT)) {
        if (now.isPresent()) {
          Files.deleteIfExists(file);
        }
        return;
      }
      FileTime changed = Files.getLastModifiedTime(file);
      String text = Files.readString(file);
      // Without an end, the machine died before it was on disk: that the entry is there counts.
      boolean whole = END.matcher(text).matches();
      boolean ended =
          now.isPresent()
              && (whole
                  ? Long.parseLong(text) < now.get().toEpochMilli()
                  : Quarantine.isOld(changed, now.get()));
      if (ended) {
        Files.deleteIfExists(file);
      } else if (whole && changed.toInstant().plus(STALE).isBefore(time.toInstant())) {
        Files.getFileAttributeView(file, BasicFileAttributeView.class).setTimes(time, time, null);
      }
    } catch (NoSuchFileException e) {
      // Another process swept it.
    }
  }

  /** Ends the sweeping; what is on the list stays. */
  @Override
  public void close() {
    housekeeping.close();
  }
}
