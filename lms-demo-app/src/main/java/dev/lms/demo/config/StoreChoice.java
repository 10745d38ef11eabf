// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.util.Locale;

/**
 * The session store and why it was chosen.
 *
 * @param reason the variable that decided, or what was found missing
 */
public record StoreChoice(Kind kind, String reason) {

  /** The stores there are. */
  public enum Kind {
    /** Shared by every worker on every machine. */
    REDIS,
    /** Shared by every worker on this machine. */
    FILE,
    /** Kept by the browser, sealed. */
    COOKIE,
    /** In the site's database; shared by every worker that has it. */
    JDBC,
    /** Kept by one worker, gone with it. */
    MEMORY
  }

  /** The line for the log: {@code Session storage: redis (SESSION_REDIS_URL)}. */
  public String sentence() {
    return "Session storage: " + kind.name().toLowerCase(Locale.ROOT) + " (" + reason + ")";
  }
}
