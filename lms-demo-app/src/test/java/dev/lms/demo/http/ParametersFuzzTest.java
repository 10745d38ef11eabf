// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lms.session.fuzz.FuzzTarget;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Queries and forms: refused with 400, or read as the platform's own decoder reads them. */
class ParametersFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = latin1(input);
    Optional<Map<String, List<String>>> expected = expected(text);
    if (expected.isEmpty()) {
      assertEquals(400, assertThrows(HttpProblem.class, () -> Parameters.parse(text)).status());
      return;
    }
    assertSame(expected.get(), Parameters.parse(text));
    assertSame(expected.get(), Parameters.parse(written(expected.get())));
  }

  private static void assertSame(Map<String, List<String>> expected, Parameters read) {
    expected.forEach((name, values) -> assertEquals(values, read.all(name)));
    assertEquals(List.of(), read.all("\0"));
    assertFalse(read.get("\0").isPresent());
  }

  private static Optional<Map<String, List<String>>> expected(String text) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      String[] parts = pair.split("=", 2);
      Optional<String> name = decoded(parts[0]);
      Optional<String> value = parts.length == 1 ? Optional.of("") : decoded(parts[1]);
      if (name.isEmpty() || value.isEmpty()) {
        return Optional.empty();
      }
      all.computeIfAbsent(name.get(), first -> new ArrayList<>()).add(value.get());
    }
    return Optional.of(all);
  }

  private static Optional<String> decoded(String raw) {
    if (!raw.chars().allMatch(c -> c < 0x80)
        || raw.replaceAll("%[0-9A-Fa-f]{2}", "").contains("%")) {
      return Optional.empty();
    }
    byte[] bytes =
        URLDecoder.decode(raw, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.contains("\0") ? Optional.empty() : Optional.of(text);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static String written(Map<String, List<String>> all) {
    List<String> pairs = new ArrayList<>();
    all.forEach(
        (name, values) -> values.forEach(value -> pairs.add(encoded(name) + "=" + encoded(value))));
    return String.join("&", pairs);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
