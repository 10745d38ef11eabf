// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import robaho.net.httpserver.OptimizedHeaders;

class SparingFieldsTest {
  static Stream<Headers> ofEachProvider() {
    return Stream.of(new Headers(), new OptimizedHeaders());
  }

  @ParameterizedTest
  @MethodSource("ofEachProvider")
  void findsAFieldWhateverTheCaseOfItsName(Headers headers) {
    headers.add("x-FORWARDED-for", "192.0.2.1");
    headers.add("X-Forwarded-For", "192.0.2.2");
    headers.add("Forwarded", "for=192.0.2.3");
    assertTrue(SparingFields.has(headers, "X-forwarded-for"));
    assertEquals("192.0.2.1", SparingFields.first(headers, "X-forwarded-for"));
    assertFalse(SparingFields.has(headers, "X-forwarded"));
    assertNull(SparingFields.first(headers, "Via"));
    Headers received = Headers.of(headers);
    assertEquals("192.0.2.1", SparingFields.first(received, "X-forwarded-for"));
    assertNull(SparingFields.first(received, "Via"));
  }
}
