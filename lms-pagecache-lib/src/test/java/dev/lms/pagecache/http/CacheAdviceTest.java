// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CacheAdviceTest {
  private static String sent(String... said) {
    return CacheAdvice.stricter(List.of(said), "private, no-cache");
  }

  @Test
  void whatIsStricterIsSentAsItWasSaid() {
    assertEquals("no-store", sent("no-store"));
    assertEquals("no-store, max-age=0", sent("no-store, max-age=0"));
    assertEquals("private, no-store", sent("private", "no-store"));
    assertEquals("private, no-cache", sent("max-age=60"));
    assertEquals("private, no-cache", sent());
    assertEquals("private, no-cache, no-store", sent("no-store;"));
    assertEquals("private, no-cache, no-store", sent("max-age=60", "no-store=1"));
    assertEquals("private, no-cache, no-transform", sent("public", "no-transform"));
  }

  /** A quoted string that ends in another line would take in what stands between. */
  @Test
  void noLineIsSwallowedByOthers() {
    assertEquals("private, no-cache, no-store", sent("a=\"", "no-store", "\""));
    assertEquals(
        "private, no-cache, no-store, no-transform",
        sent("no-store", "a=\"", "no-transform", "\""));
  }
}
