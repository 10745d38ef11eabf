// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackOffTest {

  @Test
  void waitsLongerEachTimeUpToALimit() {
    BackOff backOff = new BackOff();
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      waits.add(backOff.after(Duration.ofSeconds(2)).toMillis());
    }
    assertEquals(List.of(250L, 500L, 1000L, 2000L, 4000L, 8000L, 15_000L, 15_000L, 15_000L), waits);
  }

  @Test
  void aLongLifeIsForgiven() {
    BackOff backOff = new BackOff();
    backOff.after(Duration.ZERO);
    backOff.after(Duration.ZERO);
    assertEquals(Duration.ofMillis(250), backOff.after(Duration.ofMinutes(1)));
    assertEquals(Duration.ofMillis(500), backOff.after(Duration.ZERO));
  }
}
