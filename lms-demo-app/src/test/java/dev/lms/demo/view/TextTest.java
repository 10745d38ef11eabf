// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void blankLinesPartParagraphs() {
    assertEquals(List.of("One\ntwo", "Three"), Text.paragraphs("\nOne\ntwo\n \n\n\nThree\n"));
    assertEquals(List.of("One", "Two"), Text.paragraphs("One\r\n\r\nTwo"));
    assertEquals(List.of(), Text.paragraphs(" \n\n "));
  }

  @Test
  void excerptsEndBetweenWords() {
    assertEquals("Short.", Text.excerpt(" Short.\n", 20));
    assertEquals("One two…", Text.excerpt("One two, three four", 12));
    for (int length = 2; length < 40; length++) {
      String cut = Text.excerpt("💡".repeat(30) + " one two three", length);
      assertTrue(cut.length() <= length, cut);
      assertEquals(cut, new String(cut.getBytes(UTF_8), UTF_8), "half a character in " + cut);
    }
  }

  @Test
  void momentsAreInUtc() {
    assertEquals("2 January 2026, 12:05 UTC", Text.moment(Instant.parse("2026-01-02T12:05:59Z")));
  }

  @Test
  void markupIsEscaped() {
    assertEquals(
        "&lt;script&gt;&amp;&quot;&#39;&lt;/script&gt;", Html.escape("<script>&\"'</script>"));
  }

  @Test
  void templatesEscapeWhatPeopleWrote() {
    String page =
        new Templates()
            .render(
                "card",
                Map.of("code", "x1", "title", "<script>", "teacher", "\"&'", "excerpt", "<b>"));
    assertTrue(page.contains("&lt;script&gt;"), page);
    assertTrue(page.contains("&quot;&amp;&#39;"), page);
    assertTrue(!page.contains("<script>") && !page.contains("<b>"), page);
  }
}
