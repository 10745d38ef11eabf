// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.store.Stamp;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Proof of a purge, for whoever made the change. A request that shows it gets no page from before
 * that purge on any node, even if the purge did not wait for all nodes. It names a point in the
 * order of purges and reveals no page, key or person; a made-up one only makes that request ask the
 * shared store. Immutable.
 *
 * @param epoch the life of the store's memory of purges
 * @param clock the number of the purge
 */
public record Receipt(String epoch, long clock) {
  /** The receipt of a purge that held everywhere when it returned. */
  public static final Receipt FULFILLED = new Receipt("", 0);

  private static final Pattern TEXT = Pattern.compile("([0-9A-Za-z/-]{0,64}+)\\.([0-9]{1,18}+)");

  /**
   * {@return the receipt that a text describes, or empty if it is none}
   *
   * @param text what {@link #text} returned, or any other text
   */
  public static Optional<Receipt> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(new Receipt(parts.group(1), Long.parseLong(parts.group(2))))
        : Optional.empty();
  }

  static Receipt of(Stamp stamp) {
    return new Receipt(stamp.epoch(), stamp.clock());
  }

  Stamp stamp() {
    return new Stamp(epoch, clock);
  }

  /**
   * {@return the receipt as text for a cookie or a form field: at most 83 letters, digits, dots,
   * slashes and hyphens}
   */
  public String text() {
    return epoch + '.' + clock;
  }
}
