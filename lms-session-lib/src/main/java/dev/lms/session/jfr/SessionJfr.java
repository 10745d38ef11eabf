// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jfr;

import dev.lms.session.Sessions;
import dev.lms.session.observation.StoreObserver;
import java.util.Locale;
import java.util.Optional;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Tells the JDK's Flight Recorder of the sessions of a site: an event {@code
 * dev.lms.session.StoreCall} for each call of the store. No field names a person or a session.
 * While no recording asks for the event, a call costs a look at a flag.
 */
public final class SessionJfr {
  /** What nobody records. */
  private static final StoreObserver.Call UNRECORDED = (outcome, failure) -> {};

  private SessionJfr() {}

  /**
   * Has calls of the store recorded from when the sessions are built.
   *
   * @param sessions the sessions to be built
   * @return the same builder
   */
  public static Sessions.Builder addTo(Sessions.Builder sessions) {
    return sessions.observer(SessionJfr::begins);
  }

  static StoreObserver.Call begins(String operation) {
    StoreCall event = new StoreCall();
    if (!event.isEnabled()) {
      return UNRECORDED;
    }
    event.begin();
    return (outcome, failure) -> {
      event.end();
      if (event.shouldCommit()) {
        event.operation = operation;
        event.outcome = outcome.name().toLowerCase(Locale.ROOT);
        event.failure = classOf(failure);
        event.commit();
      }
    };
  }

  private static @Nullable Class<?> classOf(Optional<Throwable> failure) {
    return failure.<Class<?>>map(Throwable::getClass).orElse(null);
  }

  /** As recordings show it. */
  @Name("dev.lms.session.StoreCall")
  @Label("Session Store Call")
  @Category({"Sessions and Pages", "Sessions"})
  @Description("A call of the session store, from when it was asked until it answered or failed")
  @StackTrace(false)
  static final class StoreCall extends Event {
    @Label("Operation")
    @Nullable String operation;

    @Label("Outcome")
    @Description("answered, failed, refused by the open breaker, or forged: not asked at all")
    @Nullable String outcome;

    @Label("Failure")
    @Nullable Class<?> failure;
  }
}
