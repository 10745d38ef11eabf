package dev.lms.session.file;

import dev.lms.session.Envelope;
import dev.lms.session.SessionCensus;
import dev.lms.session.store.RecordCodec;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** What concerns every session in the folder, whoever's it is. */
final class FileCensus {
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
    long[] counts = new long[2];
    files.forEach(
        name -> {
          if (isSession(name)) {
            files
                .read(name)
                .filter(slot -> slot.deadline().isAfter(now))
                .flatMap(FileCensus::envelope)
                .ifPresent(envelope -> counts[envelope.principal().isPresent() ? 0 : 1]++);
          }
        });
    return new SessionCensus(counts[0], counts[1]);
  }

  /**
   * One pass could miss a session that is rotated from a sub-folder not yet visited into one that
   * was; so there is another pass until one finds nothing that began before this did.
   */
  long purge(Instant now) throws IOException {
    long[] ended = new long[1];
    boolean[] again = {true};
    for (int pass = 0; again[0] && pass < MOST_PASSES; pass++) {
      again[0] = false;
      files.forEach(
          name -> {
            if (isSession(name)) {
              boolean old = began(name).filter(at -> !at.isAfter(now)).isPresent();
              again[0] |= old;
              ended[0] += sessions.end(name, now) ? 1 : 0;
            } else if (FileIndex.isIndex(name)) {
              ended[0] += endIndex(name, now);
            }
          });
    }
    return ended[0];
  }

  private int endIndex(String name, Instant now) throws IOException {
    try (FileLocks.Held held = index.lockFile(name)) {
      int ended = 0;
      for (FileIndex.Entry entry : index.read(name)) {
        ended += sessions.end(entry.handle(), now) ? 1 : 0;
      }
      files.delete(name);
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
