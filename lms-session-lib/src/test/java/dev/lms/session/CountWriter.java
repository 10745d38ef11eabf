// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.contract.Stores;
import dev.lms.session.file.FileSessionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program that counts in one session as fast as it can until its standard input ends. Says {@code
 * more} after every hundred that the store has acknowledged, and at the end how many there were.
 */
public final class CountWriter {
  public static final String COUNTER = "counter";
  private static final int EVERY = 100;

  private CountWriter() {}

  /** FOLDER TOKEN. */
  public static void main(String[] arguments) throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    Thread counting =
        new Thread(
            () -> count(Path.of(arguments[0]), arguments[1], acknowledged, done), "counting");
    counting.start();
    waitForTheEnd();
    done.set(true);
    counting.join();
    System.out.println(acknowledged);
  }

  private static void waitForTheEnd() throws IOException {
    while (System.in.read() >= 0) {
      // Nothing is said.
    }
  }

  private static void count(
      Path folder, String token, AtomicLong acknowledged, AtomicBoolean done) {
    Changes one = new Changes(Map.of(), Set.of(), Map.of(COUNTER, 1L));
    try (FileSessionStore store = FileSessionStore.open(folder, CrashWriter.KEYS)) {
      StoredSession session = Stores.load(store, token).orElseThrow();
      while (!done.get()) {
        if (store
                .update(session, one, WriteOptions.at(CrashWriter.NOW, CrashWriter.SOON))
                .isStored()
            && acknowledged.incrementAndGet() % EVERY == 0) {
          System.out.println("more");
        }
      }
    }
  }
}
