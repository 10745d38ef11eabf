// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkupTest {
  @Test
  void blocksBecomeElements() {
    assertEquals("<p>One\nline.</p>\n<p>Two.</p>\n", Markup.html("One\nline.\n\nTwo."));
    assertEquals("<h2>Why</h2>\n<p>So.</p>\n", Markup.html("## Why\nSo."));
    assertEquals("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n", Markup.html("- a\n- b"));
    assertEquals("<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n", Markup.html("1. a\n2. b"));
    assertEquals(
        "<p><strong>b</strong> <em>i</em> <code>a*b*c</code> 2 * 3</p>\n",
        Markup.html("**b** *i* `a*b*c` 2 * 3"));
  }

  @Test
  void codeIsShownAsItIs() {
    String html = Markup.html("```sql\nSELECT *\n\n## 1 < 2\n```\nAfter");
    assertTrue(html.contains("aria-label=\"Example, sql\""), html);
    assertTrue(html.contains("<code>SELECT *\n\n## 1 &lt; 2</code>"), html);
    assertTrue(html.endsWith("<p>After</p>\n"), html);
  }

  @Test
  void tablesAndFiguresAreForEverybody() {
    String table = Markup.html("| a | n |\n|---|---:|\n| x | 1 |");
    assertTrue(table.contains("<th scope=\"col\">a</th><th scope=\"col\" class=\"number\">n</th>"));
    assertTrue(table.contains("<td>x</td><td class=\"number\">1</td>"), table);
    String bars = Markup.html("```bars Waits\nMean | 20 ms\nSlowest | 900 ms\n```");
    assertTrue(bars.contains("<svg class=\"chart\" aria-hidden=\"true\""), bars);
    assertTrue(bars.contains("<li>Slowest: 900 ms</li>"), "the numbers are read out, too");
    assertTrue(Markup.html("```steps Way\nA\nB\n```").contains("<li>A</li><li>B</li></ol>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>",
        "`<script>`",
        "**<script>**",
        "## <script>",
        "- <script>",
        "| <script> |\n|---|\n| <script> |",
        "```<script>\n<script>",
        "```bars <script>\n<script> | 1 <script>\n```",
        "```steps <script>\n<script>",
        "> <script>",
        "``` \"><script>\nx"
      })
  void nothingThatIsWrittenBecomesCode(String text) {
    String html = Markup.html(text);
    assertFalse(html.contains("<script"), html);
    assertFalse(html.contains("\"\">"), html);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"```", "|", "|\n|-|", "> ", "##", "- ", "1. ", "*", "**", "```bars", "\r\r"})
  void whatIsNotFinishedIsNoError(String text) {
    Markup.html(text);
    Markup.html(text.repeat(3000));
  }
}
