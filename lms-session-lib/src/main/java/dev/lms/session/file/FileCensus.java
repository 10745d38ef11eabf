// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.Envelope;
import dev.lms.session.SessionCensus;
import dev.lms.session.store.RecordCodec;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedByInterruptException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What concerns every session in the folder, whoever's it is. */
final class FileCensus {
  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());
  private static final int MOST_PASSES = 10;

  private final SlotFolder files;
  private final SessionFiles sessions;
  private final FileIndex index;

  FileCensus(SlotFolder files, SessionFiles sessions, FileIndex index) {
    this.files = files;
    this.sessions = sessions;
    this.index = index;
  }

  SessionCensus stats(Instant now) throws IOException {
    long[] counts = new long[3];
    files.forEach(
        name -> {
          if (!isSession(name)) {
            return;
          }
          try {
            Optional<SlotFile.Slot> slot = files.read(name);
            counts[2] += slot.isEmpty() && files.exists(name) ? 1 : 0;
            slot.filter(found -> found.deadline().isAfter(now))
                .flatMap(FileCensus::envelope)
                .ifPresent(envelope -> counts[envelope.principal().isPresent() ? 0 : 1]++);
          } catch (ClosedByInterruptException e) {
            throw e;
          } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot count {0}: {1}", name, e);
            counts[2]++;
          }
        });
    return new SessionCensus(counts[0], counts[1], counts[2]);
  }

  /**
   * One pass could miss a session that is rotated from a sub-folder not yet visited into one that
   * was; so there is another pass until one finds nothing that began before this did. A file that
   * cannot be ended keeps no other from being ended; in the end the first such failure is told.
   */
  long purge(Instant now) throws IOException {
    long[] ended = new long[1];
    boolean[] again = {true};
    Failures failures = new Failures();
    for (int pass = 0; again[0] && pass < MOST_PASSES; pass++) {
      again[0] = false;
      files.forEach(
          name ->
              failures.survive(
                  () -> {
                    if (isSession(name)) {
                      boolean old = began(name).filter(at -> !at.isAfter(now)).isPresent();
                      again[0] |= old;
                      ended[0] += sessions.end(name, now) ? 1 : 0;
                    } else if (FileIndex.isIndex(name)) {
                      ended[0] += endIndex(name, now);
                    }
                  }));
      again[0] &= failures.none();
    }
    failures.tell();
    return ended[0];
  }

  /** One step about one file. */
  private interface Step {
    void run() throws IOException;
  }

  /** What failed on the way; the rest went on. */
  private static final class Failures {
    private @Nullable IOException first;

    void survive(Step step) throws IOException {
      try {
        step.run();
      } catch (ClosedByInterruptException e) {
        // None of the others could be reached either.
        throw e;
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }

    boolean none() {
      return first == null;
    }

    void tell() throws IOException {
      if (first != null) {
        throw first;
      }
    }
  }

  private int endIndex(String name, Instant now) throws IOException {
    try (FileLocks.Held held = index.lockFile(name)) {
      int ended = 0;
      for (FileIndex.Entry entry : index.read(name)) {
        ended += sessions.end(entry.handle(), now) ? 1 : 0;
      }
      index.remove(name);
      return ended;
    }
  }

  private Optional<Instant> began(String name) throws IOException {
    return files.read(name).flatMap(FileCensus::envelope).map(Envelope::created);
  }

  private static Optional<Envelope> envelope(SlotFile.Slot slot) {
    return RecordCodec.decode(slot.content()).map(RecordCodec.Content::envelope);
  }

  private static boolean isSession(String name) {
    return !FileIndex.isIndex(name) && SlotFolder.lockName(name).equals(name);
  }
}
