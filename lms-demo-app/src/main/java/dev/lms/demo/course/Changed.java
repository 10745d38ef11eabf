// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.http.HttpProblem;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes every worker forget pages that show what has been changed. Called when the change is
 * committed and before the person is told so.
 *
 * @param <R> what is known of a purge
 */
public final class Changed<R> {
  private static final System.Logger LOG = System.getLogger(Changed.class.getName());

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Function<Set<String>, R> purge;

  private Changed(Function<Set<String>, R> purge) {
    this.purge = purge;
  }

  /** By this purge, which returns when all workers have forgotten the pages with these tags. */
  public static <R> Changed<R> by(Function<Set<String>, R> purge) {
    return new Changed<>(purge);
  }

  /** By a purge of which nothing is known. */
  public static Changed<Boolean> byUncounted(Consumer<Set<String>> purge) {
    return new Changed<>(
        tags -> {
          purge.accept(tags);
          return true;
        });
  }

  /**
   * Purges the pages with any of these tags.
   *
   * @throws HttpProblem 503 if not every worker may have been reached: the change is stored, but
   *     old pages may still be shown, and whoever made it has to know
   */
  public R purge(Set<String> tags) {
    try {
      return purge.apply(tags);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the pages tagged " + tags + " could not be purged", e);
      throw new HttpProblem(
          503,
          "Saved, but not yet shown everywhere",
          "Your change is stored. Some pages may show the old text for a minute or two, because"
              + " the page cache could not be reached.",
          Map.of("Retry-After", Long.toString(RETRY.toSeconds())));
    }
  }
}
