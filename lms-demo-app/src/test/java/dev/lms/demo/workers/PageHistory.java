// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which versions of pages were published and which were seen, judged by P1: what a reader sees is
 * never older than the newest version whose purge had returned when the reader asked.
 *
 * @param published versions whose purge returned
 * @param seen versions that readers were shown
 */
record PageHistory(Collection<Version> published, Collection<Version> seen) {

  /**
   * One version of a page, published or seen.
   *
   * @param number counts up with each change of this page
   * @param start when it was sent or asked for
   * @param end when the answer had come
   * @param how for the reader of a violation
   */
  record Version(String page, int number, long start, long end, String how) {}

  /** All that was seen too late; empty if all is well. */
  List<String> violations() {
    Map<String, NavigableMap<Long, Version>> newest = newest();
    List<String> violations = new ArrayList<>();
    for (Version view : seen) {
      Map.Entry<Long, Version> before =
          newest.getOrDefault(view.page(), new TreeMap<>()).lowerEntry(view.start());
      if (before != null && before.getValue().number() > view.number()) {
        violations.add(view + " after " + before.getValue());
      }
    }
    return violations;
  }

  /** For each page and each moment at which a purge returned, the newest version until then. */
  private Map<String, NavigableMap<Long, Version>> newest() {
    return published.stream()
        .sorted(Comparator.comparingLong(Version::end))
        .collect(
            Collectors.groupingBy(
                Version::page,
                Collectors.collectingAndThen(
                    Collectors.toList(),
                    versions -> {
                      NavigableMap<Long, Version> sofar = new TreeMap<>();
                      for (Version version : versions) {
                        Map.Entry<Long, Version> last = sofar.lastEntry();
                        boolean newer = last == null || last.getValue().number() < version.number();
                        sofar.put(version.end(), newer ? version : last.getValue());
                      }
                      return sofar;
                    })));
  }
}
