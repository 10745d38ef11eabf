// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.SessionListener;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts sessions that nobody can read, and tells about each, whoever comes upon it. Thread-safe.
 */
final class UnreadableSessions {
  private static final System.Logger LOG = System.getLogger(FileSessionStore.class.getName());

  private final LongAdder count = new LongAdder();
  private volatile SessionListener listener = new SessionListener() {};

  void found(String handle) {
    count.increment();
    listener.unreadable(handle);
    LOG.log(Level.WARNING, "session {0} is unreadable and counts as absent", handle);
  }

  long count() {
    return count.sum();
  }

  void tell(SessionListener listener) {
    this.listener = listener;
  }
}
