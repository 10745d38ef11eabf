// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the key that a site keeps for itself, in three steps with restarts between them, so that
 * nobody is signed out whatever workers run meanwhile:
 *
 * <ol>
 *   <li>A new key is accepted; the old one signs. Workers from before know only the old one, so
 *       nothing may be signed with the new one while such a worker runs.
 *   <li>When none does, the new key signs; the old one is accepted. Every worker knows both.
 *   <li>When no worker is left that signs with the old key, its end is set: when the last session
 *       it may have signed has ended.
 * </ol>
 *
 * <p>{@link KeyUse} tells which workers run with which keys. Each step replaces the file in one
 * atomic step; a step that is not due changes nothing.
 */
public final class KeyRotation {
  private final Path dataDir;
  private final InstantSource clock;
  private final Duration longestSession;

  /** Of the keys in this folder, for sessions that last at most so long. */
  public KeyRotation(Path dataDir, InstantSource clock, Duration longestSession) {
    this.dataDir = dataDir;
    this.clock = clock;
    this.longestSession = longestSession;
  }

  /** What was done, or why nothing was. */
  public sealed interface Step {
    /** The new key is accepted. */
    record Accepted() implements Step {}

    /** The new key signs. */
    record Signing() implements Step {}

    /** The old key ends by itself at this moment. */
    record Finished(Instant until) implements Step {}

    /** Nothing: a worker still runs with the keys from before the last step. */
    record WorkersBehind() implements Step {}

    /** Nothing: another process is rotating. */
    record Busy() implements Step {}
  }

  /**
   * Takes the step that is due.
   *
   * @throws ConfigException when the folder or its key file cannot be used, with the remedy
   */
  public Step advance() {
    SecretKeyFile file = new SecretKeyFile(dataDir);
    try (FileChannel locks = KeyUse.open(dataDir);
        @Nullable FileLock turn = locks.tryLock(0, 1, false)) {
      return turn == null ? new Step.Busy() : advance(file, locks);
    } catch (IOException e) {
      throw new ConfigException(
          List.of("LMS_DATA_DIR: cannot change the key in " + dataDir + " (" + e + ")"));
    }
  }

  private Step advance(SecretKeyFile file, FileChannel locks) throws IOException {
    StoredKeys keys = file.read();
    if (keys.next().isEmpty() && !keys.hasUndatedFormer()) {
      file.replace(keys.accepting(SecretKeyFile.generate(), clock.instant()));
      return new Step.Accepted();
    }
    // Held until the file is replaced: no worker can begin to use older keys meanwhile.
    try (@Nullable FileLock older = locks.tryLock(1, keys.generation() - 1L, false)) {
      if (older == null) {
        return new Step.WorkersBehind();
      }
      if (keys.next().isPresent()) {
        file.replace(keys.promoted());
        return new Step.Signing();
      }
      Instant until = clock.instant().plus(longestSession);
      file.replace(keys.dated(until));
      return new Step.Finished(until);
    }
  }
}
