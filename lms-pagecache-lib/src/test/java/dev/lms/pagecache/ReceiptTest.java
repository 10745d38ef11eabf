// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lms.pagecache.page.Tags;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptTest {
  @Test
  void travelsAsText() {
    Receipt receipt = new Receipt("3f2b8c1e-9c1d-4b9e-8f57-1b1f0c3a5d7e/12", 345);
    assertEquals("3f2b8c1e-9c1d-4b9e-8f57-1b1f0c3a5d7e/12.345", receipt.text());
    assertEquals(Optional.of(receipt), Receipt.parse(receipt.text()));
    assertEquals(Optional.of(Receipt.FULFILLED), Receipt.parse(Receipt.FULFILLED.text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a",
        "a.",
        "a.b",
        "a.-1",
        "a.1 ",
        "a.1.2",
        "a b.1",
        "a\n.1",
        "a.9999999999999999999999",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.1"
      })
  void whatIsNoneIsNone(String text) {
    assertEquals(Optional.empty(), Receipt.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/", "/a", "/a/b"})
  void aPrefixIsAFolder(String prefix) {
    assertThrows(IllegalArgumentException.class, () -> Tags.ofFolder(prefix));
  }
}
