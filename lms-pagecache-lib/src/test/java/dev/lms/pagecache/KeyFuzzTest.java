// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.store.PageKey;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * P4: two requests have the same key if and only if they mean the same. What they mean is said here
 * once more, by other means than the key's: maps and lists instead of a text.
 */
class KeyFuzzTest {
  private static final int CASES = 100_000;
  private static final Set<String> PARAMETERS = Set.of("page", "tag", "p", "t[]");
  private static final Set<String> HEADERS = Set.of("accept-language", "x-device");
  private static final PageRule RULE =
      Pages.RULE
          .withParameters(PARAMETERS.toArray(String[]::new))
          .withHeaders(HEADERS.toArray(String[]::new));

  /** All that PageKey is told about a request. */
  private record Request(
      String host, String path, List<String> query, List<Header> headers, Variant variant) {

    PageKey key() {
      Map<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      headers.forEach(
          header -> lines.computeIfAbsent(header.name, n -> new ArrayList<>()).add(header.value));
      return Pages.keyOf(
          host,
          path,
          query.isEmpty() ? null : String.join("&", query),
          RULE,
          new Fields(lines),
          variant);
    }

    /** What a route with these declarations may depend on. */
    Meaning meaning() {
      Map<String, List<String>> parameters = new HashMap<>();
      // Once more from the text: a piece of the list may hold delimiters of its own.
      for (String pair : String.join("&", query).split("&", -1)) {
        String[] parts = pair.split("=", 2);
        String name = spelledOut(parts[0], "[]");
        if (PARAMETERS.contains(name)) {
          parameters
              .computeIfAbsent(name, n -> new ArrayList<>())
              .add(name + pair.substring(parts[0].length()));
        }
      }
      Map<String, List<String>> lines = new HashMap<>();
      for (Header header : headers) {
        String name = header.name.toLowerCase(Locale.ROOT);
        if (HEADERS.contains(name)) {
          lines.computeIfAbsent(name, n -> new ArrayList<>()).add(header.value);
        }
      }
      return new Meaning(host, spelledOut(path), parameters, lines, variant);
    }
  }

  private static final Pattern ONE = Pattern.compile("%[0-9A-Fa-f]{2}|.", Pattern.DOTALL);

  /** Each segment by itself, and dots of those that are nothing but dots stay encoded. */
  private static String spelledOut(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(
            segment -> {
              String plain = spelledOut(segment, ":@=");
              return plain.matches("\\.\\.?(;.*)?")
                  ? spelledOut(segment.replaceAll("%2[eE]", "<dot>"), ":@=")
                      .replace("%3Cdot%3E", "%2E")
                  : plain;
            })
        .collect(Collectors.joining("/"));
  }

  /** RFC 3986 section 6.2.2 once more, by other means: character by character, with a decoder. */
  private static String spelledOut(String text, String more) {
    StringBuilder all = new StringBuilder();
    Matcher one = ONE.matcher(text);
    while (one.find()) {
      String raw = one.group();
      if (raw.length() == 3) {
        String upper = raw.toUpperCase(Locale.ROOT);
        String decoded = URLDecoder.decode(upper, StandardCharsets.ISO_8859_1);
        boolean isPlain =
            decoded.matches("[A-Za-z0-9._~-]") || ("[]".equals(more) && "[]".contains(decoded));
        all.append(isPlain ? decoded : upper);
      } else if (raw.matches("[A-Za-z0-9._~!$&'()*+,;:@/=-]")
          || more.contains(raw)
          || (more.equals("[]") && raw.equals("?"))) {
        all.append(raw);
      } else {
        all.append(URLEncoder.encode(raw, StandardCharsets.UTF_8).replace("+", "%20"));
      }
    }
    return all.toString();
  }

  private record Header(String name, String value) {}

  private record Meaning(
      String host,
      String path,
      Map<String, List<String>> parameters,
      Map<String, List<String>> headers,
      Variant variant) {}

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void keysAreEqualIfAndOnlyIfRequestsMeanTheSame() {
    Map<String, Meaning> seen = new HashMap<>();
    int same = 0;
    int different = 0;
    for (int i = 0; i < CASES; i++) {
      Request one = request();
      Request other = random.nextInt(10) == 0 ? request() : altered(one);
      PageKey key = one.key();
      PageKey another = other.key();
      boolean means = one.meaning().equals(other.meaning());
      int number = i;
      Supplier<@Nullable String> what =
          () -> "seed " + seed + ", case " + number + ":\n" + one + "\n" + other;
      assertEquals(means, key.equals(another), what);
      assertEquals(means, key.text().equals(another.text()), what);
      if (means) {
        same++;
        assertEquals(key.path(), another.path(), what);
        assertEquals(key.query(), another.query(), what);
      } else {
        different++;
      }
      Meaning first = seen.putIfAbsent(key.text(), one.meaning());
      if (first != null) {
        assertEquals(first, one.meaning(), what);
      }
      assertTakenApart(one, key, what);
    }
    assertTrue(same > CASES / 10, same + " pairs that mean the same");
    assertTrue(different > CASES / 10, different + " pairs that do not");
  }

  /** The parts of a key say all that the request means, so no two meanings can share a text. */
  private static void assertTakenApart(
      Request request, PageKey key, Supplier<@Nullable String> what) {
    String host = "";
    String path = "";
    String header = "";
    List<String> names = new ArrayList<>();
    Map<String, List<String>> parameters = new HashMap<>();
    Map<String, List<String>> lines = new HashMap<>();
    String kind = "";
    for (PageKey.Part part : key.parts()) {
      switch (part.name()) {
        case "host" -> host = part.value();
        case "path" -> path = part.value();
        case "parameter" ->
            parameters
                .computeIfAbsent(part.value().split("=", 2)[0], n -> new ArrayList<>())
                .add(part.value());
        case "header" -> header = part.value();
        case "line" -> lines.computeIfAbsent(header, n -> new ArrayList<>()).add(part.value());
        case "variant" -> kind = part.value();
        default -> names.add(part.value());
      }
    }
    Variant.Kind token = request.variant().kind();
    assertEquals(token.token(), kind, what);
    assertEquals(
        request.meaning(),
        new Meaning(host, path, parameters, lines, new Variant(token, names)),
        what);
  }

  private Request request() {
    List<String> query = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      query.add(pair());
    }
    List<Header> headers = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      headers.add(header());
    }
    return new Request(
        random.nextInt(4) == 0 ? text() : "", "/" + text(), query, headers, variant());
  }

  private String pair() {
    String name =
        pick(
            "page",
            "tag",
            "p",
            "t[]",
            "t%5B]",
            "utm_source",
            "Page",
            "p%61ge",
            "page%3D",
            "",
            "tag ",
            text());
    return name.replace("&", "") + pick("", "=", "=" + text().replace("&", "%26"), "==");
  }

  private Header header() {
    return new Header(
        pick("Accept-Language", "accept-language", "X-Device", "X-Other", "Referer"), text());
  }

  private Variant variant() {
    return switch (random.nextInt(6)) {
      case 0 -> Variant.ANON;
      case 1 -> Variant.AUTH;
      case 2 -> Variant.custom(text());
      case 3 -> Variant.user(Asker.person("x" + text(), text(), "b" + text()));
      default -> new Variant(Variant.Kind.ROLE, List.of(text(), text()));
    };
  }

  /** The same request, changed in one respect, which may matter or not. */
  private Request altered(Request was) {
    String host = was.host();
    String path = was.path();
    List<String> query = new ArrayList<>(was.query());
    List<Header> headers = new ArrayList<>(was.headers());
    Variant variant = was.variant();
    switch (random.nextInt(17)) {
      case 0 -> Collections.shuffle(query, random);
      case 1 -> query.add(random.nextInt(query.size() + 1), "utm_source=" + text());
      case 2 -> query.add("fbclid");
      case 3 -> headers.add(new Header(pick("Referer", "Cookie", "X-Forwarded-Host"), text()));
      case 4 -> headers.replaceAll(h -> new Header(h.name.toUpperCase(Locale.ROOT), h.value));
      case 5 -> Collections.shuffle(headers, random);
      case 6 -> path = path + pick("/", "%2F", ";x", ".", "%2e", "%20", "+");
      case 7 ->
          path =
              pick(
                  path.replaceFirst("a", "%61"),
                  path.replace("%2F", "%2f"),
                  path.replace("é", "%c3%A9"),
                  path.replaceFirst("\\.", "%2e"));
      case 8 -> path = path.toUpperCase(Locale.ROOT);
      case 9 -> {
        // A piece moves over the border between path and query.
        if (!query.isEmpty()) {
          path = path + "?" + query.remove(0);
        }
      }
      case 10 -> {
        // One parameter that holds what were two.
        if (query.size() > 1) {
          query.add(query.remove(0) + pick(";", "%26", ",") + query.remove(0));
        }
      }
      case 11 -> {
        // Two lines of a header become one.
        if (headers.size() > 1) {
          Header first = headers.remove(0);
          headers.set(0, new Header(first.name, first.value + ", " + headers.get(0).value));
        }
      }
      case 12 -> {
        // A piece moves over the border between the names of a variant.
        List<String> names = new ArrayList<>(variant.names());
        if (names.size() > 1 && !names.get(0).isEmpty()) {
          String first = names.get(0);
          names.set(0, first.substring(0, first.length() - 1));
          names.set(1, first.substring(first.length() - 1) + names.get(1));
          variant = new Variant(variant.kind(), names);
        }
      }
      case 13 ->
          variant =
              new Variant(
                  pick(Variant.Kind.ROLE, Variant.Kind.CUSTOM, Variant.Kind.USER), variant.names());
      case 14 -> host = host.isEmpty() ? path : "";
      case 15 -> query.replaceAll(pair -> pair.replaceFirst("a", "%61").replace("[", "%5b"));
      default -> query.replaceAll(pair -> pair.replace("=", "%3D"));
    }
    return new Request(host, path, query, headers, variant);
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Short texts out of the key's own delimiters and what URLs are made of. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(
          pick(
              "a",
              "A",
              "1",
              "2",
              ":",
              "=",
              "&",
              ";",
              "/",
              "//",
              "..",
              "%2F",
              "%2f",
              "%26",
              "%3D",
              "%00",
              "+",
              "%20",
              " ",
              "é",
              "P",
              "P1:",
              "P2:/a",
              "Q",
              "Q6:page=1",
              "V4:anon",
              "N1:a",
              "H8:x-device",
              "L1:a",
              "page=",
              "\u0000"));
    }
    return text.toString();
  }
}
