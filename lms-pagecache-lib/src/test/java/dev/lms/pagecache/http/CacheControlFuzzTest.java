// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.fuzz.FuzzTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code Cache-Control} lines: read in steps that are counted, as by splitting where they are well
 * formed, and never more leniently for what was added to them.
 */
class CacheControlFuzzTest extends FuzzTarget {
  private static final int STEPS_A_CHARACTER = 12;
  private static final Duration MOST = Duration.ofSeconds(CacheControl.MOST_SECONDS);

  @Override
  protected void check(byte[] input) {
    List<String> lines = List.of(latin1(input).split("\n", -1));
    CacheControl read = CacheControl.parse(lines);
    assertSteps(lines);
    assertTrue(read.lifetime().orElse(MOST).compareTo(MOST) <= 0);
    if (String.join(",", lines).matches("[a-z0-9=, -]{0,999}+")) {
      assertAsBySplitting(lines, read);
    }
    assertForbidden(lines, read);
    assertNothingIsLostOnTheWay(lines, read);
  }

  private static void assertSteps(List<String> lines) {
    AtomicLong steps = new AtomicLong();
    CacheControl.parse(lines.stream().map(line -> new CountingText(line, steps)).toList());
    long length = lines.stream().mapToLong(String::length).sum();
    assertTrue(steps.get() <= 100 + STEPS_A_CHARACTER * length, steps + " steps");
  }

  private static void assertAsBySplitting(List<String> lines, CacheControl read) {
    List<String> members =
        lines.stream()
            .flatMap(line -> Arrays.stream(line.split(",", -1)))
            .map(String::strip)
            .toList();
    List<String> ages =
        members.stream().filter(m -> m.matches("max-age=[0-9]{1,9}")).distinct().toList();
    boolean others = members.stream().anyMatch(m -> m.contains("max-age") && !ages.contains(m));
    if (ages.size() == 1 && !others) {
      Duration said = Duration.ofSeconds(Long.parseLong(ages.get(0).substring(8)));
      assertEquals(Optional.of(said), read.seconds(Directive.MAX_AGE));
    }
    if (members.contains("public")
        && members.stream().noneMatch(m -> m.matches(".*public.+|.+public"))) {
      assertTrue(read.permits(Directive.PUBLIC));
    }
    for (Directive directive : List.of(Directive.NO_STORE, Directive.PRIVATE)) {
      String word = directive.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (members.contains(word)) {
        assertTrue(read.says(directive), word);
      }
      if (lines.stream()
          .noneMatch(line -> line.contains(word.replace("-", "")) || line.contains(word))) {
        assertFalse(read.says(directive), word);
      }
    }
  }

  /** A line that forbids does so beside any other, and whatever a field is called. */
  private static void assertForbidden(List<String> lines, CacheControl read) {
    List<String> more = new ArrayList<>(lines);
    more.add("no-store");
    assertTrue(CacheControl.parse(more).says(Directive.NO_STORE));
    for (Directive directive : Directive.values()) {
      assertTrue(!read.says(directive) || CacheControl.parse(more).says(directive));
    }
    Fields cdn =
        new Fields(Map.of("Cache-Control", List.of("max-age=9"), "CDN-Cache-Control", lines));
    assertTrue(!read.says(Directive.NO_STORE) || cdn.strictest().says(Directive.NO_STORE));
    assertTrue(!cdn.targeted().permits(Directive.PUBLIC) || read.says(Directive.PUBLIC));
    Fields pragma = new Fields(Map.of("Pragma", lines));
    assertEquals(read.says(Directive.NO_CACHE), pragma.strictest().says(Directive.NO_CACHE));
  }

  /** What leaves in one line forbids what the lines that came did. */
  private static void assertNothingIsLostOnTheWay(List<String> lines, CacheControl read) {
    CacheControl sent =
        CacheControl.parse(List.of(CacheAdvice.stricter(lines, "private, no-cache")));
    assertTrue(!read.says(Directive.NO_STORE) || sent.says(Directive.NO_STORE));
    assertTrue(sent.says(Directive.NO_STORE) || sent.says(Directive.NO_CACHE));
    assertTrue(!read.says(Directive.NO_TRANSFORM) || sent.says(Directive.NO_TRANSFORM));
  }
}
