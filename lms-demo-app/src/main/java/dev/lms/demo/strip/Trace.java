// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.strip;

import dev.lms.pagecache.Explanation;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happened while one request was answered. Whoever did something says so; where nobody
 * listens, as in production, that costs a look at a scoped value. For the thread of the request.
 */
public final class Trace {
  private static final ScopedValue<Trace> CURRENT = ScopedValue.newInstance();

  private final Set<String> holes = new LinkedHashSet<>();
  private @Nullable Explanation explanation;
  private int storeCalls;

  /** What is traced. */
  interface Work {
    void run() throws IOException;
  }

  void during(Work work) throws IOException {
    ScopedValue.where(CURRENT, this)
        .<@Nullable Void, IOException>call(
            () -> {
              work.run();
              return null;
            });
  }

  /** A hole of a page was filled. */
  public static void filled(String hole) {
    if (CURRENT.isBound()) {
      CURRENT.get().holes.add(hole);
    }
  }

  /** The session store was asked for something. */
  public static void storeAsked() {
    if (CURRENT.isBound()) {
      CURRENT.get().storeCalls++;
    }
  }

  /** The page cache said how it decided. */
  public static void explained(Explanation explanation) {
    if (CURRENT.isBound()) {
      CURRENT.get().explanation = explanation;
    }
  }

  Set<String> holes() {
    return holes;
  }

  int storeCalls() {
    return storeCalls;
  }

  Optional<Explanation> explanation() {
    return Optional.ofNullable(explanation);
  }
}
