// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lessons as instructors write them, made HTML: paragraphs, {@code ## headings}, lists, tables,
 * code between lines of three backquotes, and two figures: {@code bars} and {@code steps}. There is
 * no way to write HTML, links or anything that a browser would fetch; whatever is not understood is
 * text.
 */
public final class Markup {
  /** What people are told about it. */
  public static final String HINT =
      "Plain text. A blank line begins a paragraph, ## a heading, - or 1. a list, | a table; three"
          + " backquotes before and after make code, with bars or steps behind them a figure.";

  private static final String FENCE = "```";
  private static final Pattern INLINE =
      Pattern.compile("`([^`\\n]+)`|\\*\\*([^*\\n]+)\\*\\*|\\*([^*\\s][^*\\n]*)\\*");
  private static final Pattern NUMBERED = Pattern.compile("[0-9]{1,3}\\. .*");
  private static final Pattern BAR =
      Pattern.compile("(.*)\\|\\s*([0-9]{1,12}(?:\\.[0-9]{1,6})?)(.*)");
  private static final Pattern RULER = Pattern.compile("\\|[ :|-]*-[ :|-]*");

  private final List<String> lines;
  private final StringBuilder html = new StringBuilder();
  private int at;

  private Markup(String text) {
    lines = text.replace("\r\n", "\n").lines().toList();
  }

  /** The text as HTML. */
  public static String html(String text) {
    Markup markup = new Markup(text);
    while (markup.at < markup.lines.size()) {
      markup.block();
    }
    return markup.html.toString();
  }

  private void block() {
    String line = lines.get(at);
    if (line.isBlank()) {
      at++;
    } else if (line.startsWith(FENCE)) {
      fenced(line.substring(FENCE.length()).strip());
    } else if (line.startsWith("## ")) {
      at++;
      html.append("<h2>").append(inline(line.substring(3).strip())).append("</h2>\n");
    } else if (line.startsWith("- ")) {
      list("ul", "- ");
    } else if (NUMBERED.matcher(line).matches()) {
      list("ol", "");
    } else if (line.startsWith("|") && at + 1 < lines.size() && isRuler(lines.get(at + 1))) {
      table();
    } else if (line.startsWith("> ")) {
      html.append("<div class=\"exercise\"><p>")
          .append(inline(joined("> ")))
          .append("</p></div>\n");
    } else {
      html.append("<p>").append(inline(joined(""))).append("</p>\n");
    }
  }

  /** The lines of a paragraph, each without the prefix that all of them have. */
  private String joined(String prefix) {
    List<String> parts = new ArrayList<>();
    do {
      parts.add(lines.get(at).substring(prefix.length()).strip());
      at++;
    } while (at < lines.size()
        && !lines.get(at).isBlank()
        && !lines.get(at).startsWith(FENCE)
        && lines.get(at).startsWith(prefix));
    return String.join("\n", parts);
  }

  private void list(String element, String prefix) {
    html.append('<').append(element).append(">\n");
    while (at < lines.size() && isItem(lines.get(at), prefix)) {
      String line = lines.get(at);
      int begin = prefix.isEmpty() ? line.indexOf(". ") + 2 : prefix.length();
      html.append("<li>").append(inline(line.substring(begin).strip())).append("</li>\n");
      at++;
    }
    html.append("</").append(element).append(">\n");
  }

  private static boolean isItem(String line, String prefix) {
    return prefix.isEmpty() ? NUMBERED.matcher(line).matches() : line.startsWith(prefix);
  }

  private static boolean isRuler(String line) {
    return RULER.matcher(line.strip()).matches();
  }

  private void table() {
    List<String> header = cells(lines.get(at));
    List<String> rulers = cells(lines.get(at + 1));
    at += 2;
    html.append("<div class=\"scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">");
    html.append("<table><thead><tr>");
    row(header, rulers, "th scope=\"col\"", "th");
    html.append("</tr></thead>\n<tbody>\n");
    while (at < lines.size() && lines.get(at).startsWith("|")) {
      html.append("<tr>");
      row(cells(lines.get(at)), rulers, "td", "td");
      html.append("</tr>\n");
      at++;
    }
    html.append("</tbody></table></div>\n");
  }

  private void row(List<String> cells, List<String> rulers, String begin, String end) {
    for (int i = 0; i < cells.size(); i++) {
      boolean number = i < rulers.size() && rulers.get(i).endsWith(":");
      html.append('<').append(begin).append(number ? " class=\"number\">" : ">");
      html.append(inline(cells.get(i))).append("</").append(end).append('>');
    }
  }

  private static List<String> cells(String line) {
    String inner = line.strip().substring(1);
    return Pattern.compile("\\|")
        .splitAsStream(inner.endsWith("|") ? inner.substring(0, inner.length() - 1) : inner)
        .map(String::strip)
        .toList();
  }

  /** Until the next fence, or to the end of a text that has none. */
  private void fenced(String kind) {
    List<String> inside = new ArrayList<>();
    at++;
    while (at < lines.size() && !lines.get(at).startsWith(FENCE)) {
      inside.add(lines.get(at));
      at++;
    }
    at++;
    int space = (kind + " ").indexOf(' ');
    String title = kind.substring(Math.min(space, kind.length())).strip();
    switch (kind.substring(0, space)) {
      case "bars" -> bars(title, inside);
      case "steps" -> steps(title, inside);
      default -> code(kind, inside);
    }
  }

  private void code(String language, List<String> inside) {
    String label = language.isEmpty() ? "Example" : "Example, " + language;
    html.append("<pre role=\"group\" tabindex=\"0\" aria-label=\"").append(Html.escape(label));
    html.append("\"><code>").append(Html.escape(String.join("\n", inside)));
    html.append("</code></pre>\n");
  }

  private void bars(String title, List<String> inside) {
    List<BarChart.Bar> bars = new ArrayList<>();
    StringBuilder said = new StringBuilder();
    for (String line : inside) {
      Matcher bar = BAR.matcher(line);
      if (bar.matches()) {
        String text = bar.group(2) + bar.group(3).stripTrailing();
        bars.add(new BarChart.Bar(bar.group(1).strip(), Double.parseDouble(bar.group(2)), text));
        said.append("<li>").append(Html.escape(bar.group(1).strip())).append(": ");
        said.append(Html.escape(text)).append("</li>");
      }
    }
    html.append("<figure>").append(BarChart.svg(bars)).append("<ul class=\"heard\">").append(said);
    html.append("</ul><figcaption>").append(inline(title)).append("</figcaption></figure>\n");
  }

  private void steps(String title, List<String> inside) {
    html.append("<figure><ol class=\"flow\">");
    inside.stream()
        .filter(line -> !line.isBlank())
        .forEach(line -> html.append("<li>").append(inline(line.strip())).append("</li>"));
    html.append("</ol><figcaption>").append(inline(title)).append("</figcaption></figure>\n");
  }

  private static String inline(String text) {
    StringBuilder out = new StringBuilder();
    Matcher marks = INLINE.matcher(text);
    int end = 0;
    while (marks.find()) {
      out.append(Html.escape(text.substring(end, marks.start())));
      if (marks.group(1) != null) {
        out.append("<code>").append(Html.escape(marks.group(1))).append("</code>");
      } else if (marks.group(2) != null) {
        out.append("<strong>").append(Html.escape(marks.group(2))).append("</strong>");
      } else {
        out.append("<em>").append(Html.escape(marks.group(3))).append("</em>");
      }
      end = marks.end();
    }
    return out.append(Html.escape(text.substring(end))).toString();
  }
}
