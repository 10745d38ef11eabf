// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.demo.workers.PageHistory.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge must know a bad history when it sees one. */
class PageHistoryTest {
  private static final List<Version> PUBLISHED =
      List.of(version("a", 1, 10, 20), version("a", 3, 50, 60), version("a", 2, 30, 70));

  private static Version version(String page, int number, long start, long end) {
    return new Version(page, number, start, end, "");
  }

  private static int violations(Version seen) {
    return new PageHistory(PUBLISHED, List.of(seen)).violations().size();
  }

  @Test
  void nothingOlderIsSeenThanWhatHadReturned() {
    assertEquals(1, violations(version("a", 0, 21, 30)));
    assertEquals(1, violations(version("a", 2, 61, 62)));
    assertEquals(1, violations(version("a", 2, 99, 100)), "returned later, but is no newer");
  }

  @Test
  void whatHadNotReturnedMayBeSeenOrNot() {
    assertEquals(0, violations(version("a", 0, 5, 100)), "asked before anything was published");
    assertEquals(0, violations(version("a", 0, 20, 30)), "asked when the answer was on its way");
    assertEquals(0, violations(version("a", 1, 59, 100)));
    assertEquals(0, violations(version("a", 3, 31, 40)), "what is about to be published");
    assertEquals(0, violations(version("b", 0, 99, 100)), "of another page");
  }
}
