// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.pagecache.fuzz.FuzzTarget;
import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.HoleMarkers;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageCodec;
import dev.lms.pagecache.store.PageKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Pages as bytes: refused, or what is read again as it was. */
class PageCodecFuzzTest extends FuzzTarget {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @Override
  protected List<byte[]> binarySeeds() {
    HoleMarkers markers = new HoleMarkers(new SecureRandom());
    String holes = "<p>" + markers.marker("menu") + "é".repeat(200) + markers.marker("token");
    return List.of(
        PageCodec.encode(page(Body.of(bytes("short")))),
        PageCodec.encode(page(Body.of(bytes("long ".repeat(100))))),
        PageCodec.encode(page(markers.split(bytes(holes)))));
  }

  private static Page page(Body body) {
    Fields fields =
        new Fields(Map.of("Content-Type", List.of("text/html"), "Link", List.of("<a>", "<b>")));
    PageKey key = Pages.keyOf("", "/a/b", null, Pages.RULE, Fields.NONE, Variant.AUTH);
    return Page.of(
        new Answer(200, fields, body), key, Set.of("tag"), NOW, Duration.ofHours(1), Duration.ZERO);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  protected void check(byte[] input) {
    Page read;
    try {
      read = PageCodec.decode(input);
    } catch (IllegalArgumentException e) {
      return;
    }
    Page again = PageCodec.decode(PageCodec.encode(read));
    assertEquals(read.tags(), again.tags());
    assertEquals(read.digest(), again.digest());
    assertEquals(
        List.of(read.renderedAt(), read.freshUntil(), read.keptUntil()),
        List.of(again.renderedAt(), again.freshUntil(), again.keptUntil()));
    assertEquals(read.unwrap(Answer.class).status(), again.unwrap(Answer.class).status());
    assertEquals(read.unwrap(Answer.class).fields(), again.unwrap(Answer.class).fields());
    assertEquals(read.weight(), again.weight());
    for (Coding coding : Coding.values()) {
      assertEquals(
          read.unwrap(Answer.class).body().has(coding),
          again.unwrap(Answer.class).body().has(coding));
      if (read.unwrap(Answer.class).body().has(coding)) {
        assertArrayEquals(
            sent(read.unwrap(Answer.class).body(), coding),
            sent(again.unwrap(Answer.class).body(), coding));
      }
    }
  }

  private static byte[] sent(Body body, Coding coding) {
    Map<String, byte[]> filled = new HashMap<>();
    body.holes().forEach(hole -> filled.put(hole, bytes("filled")));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      body.writeTo(out, coding, filled);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertEquals(body.length(coding, filled), out.size());
    return out.toByteArray();
  }
}
