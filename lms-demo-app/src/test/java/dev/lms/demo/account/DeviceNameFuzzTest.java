// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;

/** {@code User-Agent} lines: a short name, whole characters in one line. */
class DeviceNameFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String name = DeviceName.of(utf8(input));
    assertFalse(name.isEmpty());
    assertTrue(name.length() <= 60, name);
    assertFalse(name.contains("\n"), name);
    assertEquals(name, new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }
}
