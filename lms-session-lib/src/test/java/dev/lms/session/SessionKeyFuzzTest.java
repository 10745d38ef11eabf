// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.fuzz.FuzzTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attributes as text: absent, or what is read again as it was. */
class SessionKeyFuzzTest extends FuzzTarget {
  /** An attribute as programs have them. */
  record Cart(String owner, List<Integer> items, Map<String, Colour> colours, double price) {}

  /** A choice. */
  enum Colour {
    RED,
    BLUE
  }

  private static final List<SessionKey<?>> KEYS =
      List.of(
          SessionKey.json("cart", Cart.class),
          SessionKey.json("colour", Colour.class),
          SessionKey.json("texts", String[].class),
          SessionKey.number("number"),
          SessionKey.counter("counter"));

  @Override
  protected void check(byte[] input) {
    String text = utf8(input);
    KEYS.forEach(key -> check(key, text));
  }

  private static <T> void check(SessionKey<T> key, String text) {
    Optional<T> read = key.read(text);
    if (read.isPresent()) {
      String written = key.write(read.get());
      assertEquals(written, key.write(key.read(written).orElseThrow()));
    }
  }
}
