// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import java.util.Map;

/** How far a migration is; noted in the store that sessions come from. Never goes back. */
enum Phase {
  /** Nobody moves sessions; all are in the old store. */
  PREPARED(""),
  /** A session is in one of the two; new ones begin in the new one. */
  MOVING("moving"),
  /** The old store is empty, and nobody asks it. */
  DONE("done");

  private static final String NOTE = "phase";
  private static final String WORKER = "worker-";

  private final String text;

  Phase(String text) {
    this.text = text;
  }

  static Phase in(Map<String, String> notes) {
    String noted = notes.getOrDefault(NOTE, "");
    for (Phase phase : values()) {
      if (phase.text.equals(noted)) {
        return phase;
      }
    }
    // Of a newer program: whatever it means, sessions may be in either store.
    return MOVING;
  }

  void record(Transfer from) {
    from.note(NOTE, text);
  }

  /** The name of the note in which a worker says what it knows. */
  static String noteOf(String worker) {
    return WORKER + worker;
  }

  static boolean isWorker(String note) {
    return note.startsWith(WORKER);
  }

  static String worker(String note) {
    return note.substring(WORKER.length());
  }

  /** What a worker notes: a number that goes up, as a sign of life, and what it has heard of. */
  String acknowledged(long beat) {
    return beat + " " + text;
  }

  static boolean isAcknowledged(String note, Phase phase) {
    return note.endsWith(" " + phase.text);
  }
}
