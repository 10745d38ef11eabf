// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.TokenHeader.AnswerField;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Commits for a program that leaves it to its HTTP server's adapter. */
final class CommitBeforeAnswer {
  private static final int FIRST_REFUSAL = 400;
  private static final int FIRST_FAILURE = 500;
  private static final int REFUSED = 403;
  private static final int NOT_KEPT = 409;

  private final SessionCommit changes;
  private final LoadedSession found;
  private @Nullable CommitOutcome unkept;
  private @Nullable RuntimeException thrown;

  CommitBeforeAnswer(SessionCommit changes, LoadedSession found) {
    this.changes = changes;
    this.found = found;
  }

  /** Also after a commit that throws: what stands is told to whoever answers then. */
  CommitOutcome telling(BiConsumer<String, String> fields) {
    try {
      return changes.commit();
    } finally {
      tell(fields);
    }
  }

  /** The status to send, which is not the one that claims a success if nothing was kept. */
  int telling(int status, BiConsumer<String, String> fields) {
    try {
      return commit(status)
          .map(outcome -> outcome == CommitOutcome.REFUSED ? REFUSED : NOT_KEPT)
          .orElse(status);
    } finally {
      tell(fields);
    }
  }

  private void tell(BiConsumer<String, String> fields) {
    List<AnswerField> handedOut = found.answerFields();
    handedOut.forEach(field -> fields.accept(field.name(), field.value()));
    if (!handedOut.isEmpty() || found.isInOutage()) {
      fields.accept("Cache-Control", "no-store");
    }
  }

  Optional<CommitOutcome> commit(int status) {
    if (status >= FIRST_FAILURE) {
      changes.dropChanges();
      return Optional.empty();
    }
    if (status >= FIRST_REFUSAL) {
      if (changes.isLost()) {
        changes.dropChanges();
      } else {
        commit();
      }
      return Optional.empty();
    }
    if (thrown != null) {
      throw thrown;
    }
    // Who commits, and goes on when that throws, has decided; but not about what came later.
    if (!changes.isLost() || changes.hasChanges()) {
      commit();
    }
    return Optional.ofNullable(unkept);
  }

  private void commit() {
    boolean hasToBeKept = changes.hasToBeKept();
    CommitOutcome outcome;
    try {
      outcome = changes.commit();
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
