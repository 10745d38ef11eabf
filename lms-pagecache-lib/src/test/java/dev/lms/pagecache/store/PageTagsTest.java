// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageTagsTest {
  private static Page tagged(Set<String> tags) {
    PageKey key = PageKey.builder("", "/a").of(PageKey.variantOf("anonymous", List.of()));
    return Page.of(key, "x", Instant.EPOCH, Duration.ofHours(1))
        .withTags(tags.toArray(String[]::new));
  }

  private static Page readAgain(Page page) {
    return PageCodec.decode(PageCodec.encode(page));
  }

  @Test
  void tagsOfEveryKindAreReadAgain() {
    String most = "x".repeat(254);
    Page page =
        tagged(
            Set.of(
                "",
                "a",
                "ab",
                "á",
                "â",
                "âb",
                "日本",
                "日本語",
                "\uD83D\uDE00",
                "\uD83D\uDE01",
                most,
                most + "x",
                most + "xx",
                most + "xxx",
                most.repeat(300),
                most + "y"));
    Page again = readAgain(page);
    assertEquals(page.tags(), again.tags());
    assertEquals(again.tags(), readAgain(again).tags());
    assertEquals(page.tags(), again.withKeptStale(Duration.ofHours(1)).tags());
    assertEquals(page.weight(), again.weight());
  }

  @Test
  void whatTagsHaveInCommonTakesNoRoom() {
    Set<String> tags =
        IntStream.range(1000, 2000)
            .mapToObj(i -> "course:informatics:" + i)
            .collect(Collectors.toSet());
    int length = PageCodec.encode(tagged(tags)).length - PageCodec.encode(tagged(Set.of())).length;
    assertTrue(length < 4000, length + " bytes");
  }

  /** At once, and not only where somebody asks for them. */
  @Test
  void tagsThatAreNoneAreNoPage() {
    byte[] bytes = PageCodec.encode(tagged(Set.of("mark:here", "mark:there")));
    int second = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("mark:here") + 9;
    for (int wrong : new int[] {10, 255}) {
      byte[] other = bytes.clone();
      other[second] = (byte) wrong;
      assertThrows(IllegalArgumentException.class, () -> PageCodec.decode(other));
      byte[] another = bytes.clone();
      another[second + 1] = (byte) 255;
      assertThrows(IllegalArgumentException.class, () -> PageCodec.decode(another));
    }
  }
}
