// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.testkit;

import dev.lms.pagecache.PageAudit;
import java.util.List;

/** Fails tests of programs whose shared pages say something about one person. */
public final class LeakAssertions {
  private LeakAssertions() {}

  /**
   * To be called after the test has asked for pages.
   *
   * @param audit of the page cache the test went through
   * @throws AssertionError if a page that was about to be shared is different for somebody else, or
   *     if no page was compared at all
   */
  public static void assertNoLeaks(PageAudit<?> audit) {
    if (audit.compared() == 0) {
      throw new AssertionError(
          "No page was compared: ask for a page that is shared, and see that there is somebody"
              + " else");
    }
    List<PageAudit.Finding> leaks =
        audit.findings().stream().filter(PageAudit.Finding::isLeak).toList();
    if (!leaks.isEmpty()) {
      StringBuilder message = new StringBuilder();
      for (PageAudit.Finding leak : leaks) {
        message.append(leak).append('\n');
        for (PageAudit.Place place : leak.places()) {
          message.append(
              "  %s: \"%s\" for one, \"%s\" for another%n"
                  .formatted(place.at(), place.seen(), place.seenByOther()));
        }
      }
      throw new AssertionError(message.toString().strip());
    }
  }
}
