// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Commits for a program that leaves it to its HTTP server's adapter. As its session. */
final class CommitBeforeAnswer {
  private static final int FIRST_REFUSAL = 400;
  private static final int FIRST_FAILURE = 500;

  private final Session session;
  private @Nullable CommitOutcome unkept;
  private @Nullable RuntimeException thrown;

  CommitBeforeAnswer(Session session) {
    this.session = session;
  }

  /** Also after a commit that throws: what stands is told to whoever answers then. */
  static CommitOutcome telling(Session session, BiConsumer<String, String> fields) {
    try {
      return session.commit();
    } finally {
      Optional<String> cookie = session.setCookie();
      cookie.ifPresent(value -> fields.accept("Set-Cookie", value));
      if (cookie.isPresent() || session.treatedAsAnonymous()) {
        fields.accept("Cache-Control", "no-store");
      }
    }
  }

  Optional<CommitOutcome> commit(int status) {
    if (status >= FIRST_FAILURE) {
      session.dropChanges();
      return Optional.empty();
    }
    if (status >= FIRST_REFUSAL) {
      if (session.isLost()) {
        session.dropChanges();
      } else {
        commit();
      }
      return Optional.empty();
    }
    if (thrown != null) {
      throw thrown;
    }
    // Who commits, and goes on when that throws, has decided; but not about what came later.
    if (!session.isLost() || session.hasChanges()) {
      commit();
    }
    return Optional.ofNullable(unkept);
  }

  private void commit() {
    boolean hasToBeKept = session.hasToBeKept();
    CommitOutcome outcome;
    try {
      outcome = session.commit();
    } catch (RuntimeException e) {
      thrown = e;
      throw e;
    } catch (Error e) {
      thrown = new IllegalStateException("the commit failed", e);
      throw e;
    }
    switch (outcome) {
      case STORED -> unkept = null;
      case UNCHANGED -> {}
      case GONE -> unkept = hasToBeKept ? outcome : unkept;
      case CONFLICT, REFUSED -> unkept = outcome;
    }
  }
}
