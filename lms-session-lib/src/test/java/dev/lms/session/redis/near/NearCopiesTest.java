// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NearCopiesTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final NearCopies<String> copies = new NearCopies<>(1000, String::length, now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private NearCopies.Fill begin(String key) {
    NearCopies.Fill fill = copies.begin(key);
    assertNotNull(fill);
    return fill;
  }

  private void keep(NearCopies.Fill fill, String value) {
    copies.keep(fill, value);
    copies.end(fill);
  }

  @Test
  void aLeaseCountsFromBeforeTheAnswerAndEndsBeforeOthersStopWaiting() {
    NearCopies.Fill fill = begin("a");
    pass(Duration.ofMillis(600));
    keep(fill, "1");
    assertEquals("1", copies.find("a"));
    pass(Duration.ofMillis(301));
    assertNull(copies.find("a"));
    assertTrue(NearCopies.LONGEST_WAIT.compareTo(Duration.ofMillis(901)) > 0);
  }

  @Test
  void whatWasForgottenWhileItWasReadIsNotKept() {
    NearCopies.Fill fill = begin("a");
    long number = copies.forget("a");
    assertTrue(number >= fill.number(), "Redis is told of this fill too");
    keep(fill, "1");
    assertNull(copies.find("a"));

    NearCopies.Fill all = begin("a");
    copies.forgetAll();
    keep(all, "1");
    assertNull(copies.find("a"));
  }

  @Test
  void whatIsReadAfterItWasForgottenHasAHigherNumber() {
    long number = copies.forget("a");
    NearCopies.Fill fill = begin("a");
    assertTrue(number < fill.number());
    keep(fill, "1");
    assertEquals("1", copies.find("a"));
    copies.forget("a");
    assertNull(copies.find("a"));
    assertEquals(0, copies.bytes());
  }

  @Test
  void onlyWhatIsAskedForAgainWithinASecondPays() {
    pass(Duration.ofHours(1));
    assertFalse(copies.pays("a"));
    assertTrue(copies.pays("a"));
    assertFalse(copies.pays("b"));
    pass(Duration.ofSeconds(2));
    assertFalse(copies.pays("a"));
  }

  @Test
  void memoryIsBoundedAndGivenBack() {
    for (int i = 0; i < 100; i++) {
      NearCopies.Fill fill = copies.begin("k" + i);
      if (fill != null) {
        keep(fill, "x".repeat(100));
      }
    }
    assertEquals(1000, copies.bytes());
    assertNull(copies.begin("more"));
    pass(NearCopies.REMEMBERED);
    copies.sweep();
    assertEquals(0, copies.bytes());
    keep(begin("more"), "1");
    assertEquals(1, copies.close().size());
    assertNull(copies.find("more"));
    assertNull(copies.begin("after it was closed"));
  }
}
