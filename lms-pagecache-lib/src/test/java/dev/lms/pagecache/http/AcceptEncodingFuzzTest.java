// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.fuzz.FuzzTarget;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** {@code Accept-Encoding} lines: read in steps that are counted, the short cut like the rest. */
class AcceptEncodingFuzzTest extends FuzzTarget {
  private static final int STEPS_A_CHARACTER = 12;

  @Override
  protected void check(byte[] input) {
    List<String> lines = List.of(latin1(input).split("\n", -1));
    AtomicLong steps = new AtomicLong();
    Coding best = Coding.best(lines.stream().map(line -> new CountingText(line, steps)).toList());
    long length = lines.stream().mapToLong(String::length).sum();
    assertTrue(steps.get() <= 100 + STEPS_A_CHARACTER * length, steps + " steps");
    if (!ListScanner.isExcessive(lines)) {
      assertEquals(best, Coding.accepted(lines));
    }
    String all = String.join(",", lines);
    if (all.matches("(?:[a-z*-]{1,9}+(?:;q=(?:0(?:\\.[0-9]{1,3})?|1))?(?:, ?|$)){0,99}+")) {
      assertEquals(bySplitting(all), best, all);
    }
  }

  private static Coding bySplitting(String all) {
    double identity = weight(all, "identity").orElse(-1.0);
    double gzip =
        weight(all, "gzip").or(() -> weight(all, "x-gzip")).or(() -> weight(all, "*")).orElse(-1.0);
    return gzip > 0 && gzip >= identity ? Coding.GZIP : Coding.IDENTITY;
  }

  private static Optional<Double> weight(String all, String name) {
    return Arrays.stream(all.split(",", -1))
        .map(String::strip)
        .filter(member -> member.equals(name) || member.startsWith(name + ";"))
        .map(member -> member.equals(name) ? 1.0 : Double.parseDouble(member.split("=", -1)[1]))
        .max(Double::compare);
  }
}
