// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.store.PageKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageKeyTest {
  private static final PageRule RULE =
      Pages.RULE.withParameters("page", "tag").withHeaders("Accept-Language");

  private static PageKey key(String path, @Nullable String query) {
    return Pages.keyOf("", path, query, RULE, Fields.NONE, Variant.ANON);
  }

  @Test
  void orderAndUndeclaredParametersDoNotMatter() {
    assertEquals(key("/a", "page=2&tag=x"), key("/a", "utm_source=mail&tag=x&page=2&fbclid=1"));
    assertEquals(key("/a", ""), key("/a", "utm_source=mail"));
    assertEquals(Optional.of("page=2&tag=x"), key("/a", "tag=x&z=1&page=2").query());
    assertEquals(Optional.empty(), key("/a", "z=1").query());
  }

  @Test
  void everythingDeclaredMatters() {
    assertNotEquals(key("/a", "page=1"), key("/a", "page=2"));
    assertNotEquals(key("/a", "page=1"), key("/a", "tag=1"));
    assertNotEquals(key("/a", "page"), key("/a", "page="));
    assertNotEquals(key("/a", "page=1&page=2"), key("/a", "page=2&page=1"));
    assertNotEquals(key("/a", "page=1"), key("/a", "page=1&page=1"));
    assertNotEquals(key("/a", ""), key("/b", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "/caf%c3%a9,        /caf%C3%A9",
    "/café,             /caf%C3%A9",
    "/%61%7Eb%2D,       /a~b-",
    "/a b,              /a%20b",
    "/100%,             /100%25",
    "/%zz%4,            /%25zz%254",
    "/a%2fb,            /a%2Fb",
    "/v1%2E0/%2Ehidden, /v1.0/.hidden",
    "/a/%2e%2E/b,       /a/%2E%2E/b",
    "/a/.%2e;x/b,       /a/.%2E;x/b",
    "/a/./b/..,         /a/./b/..",
    "//a///b/,          //a///b/",
    "/a;x=1&@:!$'()*+,  /a;x=1&@:!$'()*+,",
    "/\uD83D\uDE00,     /%F0%9F%98%80",
  })
  void pathsHaveOneSpelling(String raw, String normal) {
    PageKey key = key(raw.replace("\\,", ","), null);
    assertEquals(normal, key.path());
    assertEquals(key(normal, null), key);
  }

  @Test
  void whatAHandlerMayTellApartIsNotMerged() {
    List<String> all =
        List.of(
            "/a/b",
            "/a%2Fb",
            "/a//b",
            "/a/./b",
            "/a/%2E/b",
            "/a/x/../b",
            "/a/x/%2E%2E/b",
            "/a/b/",
            "/A/b",
            "/a+b",
            "/a%2Bb",
            "/a%20b",
            "/a;b",
            "/a%3Bb",
            "/a%25b",
            "/a%252Fb",
            "/a%5Cb",
            "/a%00b",
            "/%C3%A9",
            "/%C3%83%C2%A9",
            "/e%CC%81",
            "/%E9");
    assertEquals(all.size(), Set.copyOf(all.stream().map(path -> key(path, null)).toList()).size());
  }

  @Test
  void parametersHaveOneSpellingOfTheirNames() {
    PageRule rule = Pages.RULE.withParameters("tag[]", "p%61ge", "näme");
    for (String query : List.of("tag[]=x", "tag%5B%5D=x", "tag%5b]=x", "t%61g[]=x")) {
      assertEquals(Optional.of("tag[]=x"), key("/a", query, rule).query(), query);
    }
    assertEquals(Optional.of("page=%61"), key("/a", "page=%61", rule).query(), "values stay");
    assertEquals(key("/a", "n%C3%A4me=1", rule), key("/a", "n%c3%a4me=1", rule));
    assertEquals(Optional.of("n%C3%A4me=1"), key("/a", "n%c3%a4me=1", rule).query());
    assertEquals(Optional.empty(), key("/a", "page%3D=1&tag%26[]=x", rule).query());
  }

  private static PageKey key(String path, @Nullable String query, PageRule rule) {
    return Pages.keyOf("", path, query, rule, Fields.NONE, Variant.ANON);
  }

  @Test
  void declaredHeadersMatterAndOthersDoNot() {
    PageKey en = withHeader("accept-language", "en");
    assertNotEquals(en, withHeader("Accept-Language", "de"));
    assertEquals(en, withHeader("Accept-Language", "en"));
    assertEquals(withHeader("Referer", "x"), withHeader("Referer", "y"));
    assertNotEquals(withHeader("Accept-Language", ""), withHeader("Referer", "x"));
  }

  /** Else the nodes that share a store would not find one another's pages. */
  @Test
  void declaredHeadersStandInOrder() {
    PageRule rule = Pages.RULE.withHeaders("x-e", "X-B", "X-D", "x-a", "X-C");
    List<String> names =
        Pages.keyOf("", "/", null, rule, Fields.NONE, Variant.ANON).parts().stream()
            .filter(part -> part.name().equals("header"))
            .map(PageKey.Part::value)
            .toList();
    assertEquals(List.of("x-a", "x-b", "x-c", "x-d", "x-e"), names);
  }

  private static PageKey withHeader(String name, String value) {
    return Pages.keyOf(
        "", "/a", null, RULE, new Fields(Map.of(name, List.of(value))), Variant.ANON);
  }

  @Test
  void hostsAreApart() {
    assertNotEquals(
        Pages.keyOf("a.example", "/", null, RULE, Fields.NONE, Variant.ANON),
        Pages.keyOf("b.example", "/", null, RULE, Fields.NONE, Variant.ANON));
  }

  @Test
  void variantsAreApart() {
    Set<Variant> variants =
        Set.of(
            Variant.ANON,
            Variant.AUTH,
            Variant.UNKNOWN,
            Variant.custom("anon"),
            Variant.custom(""),
            Variant.user(Asker.person("a")),
            Variant.user(Asker.person("a", "b")),
            Variant.user(Asker.person("ab")),
            Variant.role(Asker.person("x", "a")),
            Variant.role(Asker.person("x", "a", "b")),
            Variant.role(Asker.person("x", "a1:b")),
            Variant.role(Asker.person("x")));
    Set<String> texts =
        variants.stream()
            .map(variant -> Pages.key("/", variant).text())
            .collect(java.util.stream.Collectors.toSet());
    assertEquals(variants.size(), texts.size());
  }

  @Test
  void theOrderOfRolesDoesNotMatter() {
    assertEquals(
        Variant.role(Asker.person("x", "a", "b")), Variant.role(Asker.person("y", "b", "a")));
  }

  /** Parts full of the key's own delimiters, cut at every place, never give the same key. */
  @Test
  void delimitersInsidePartsNeverCollide() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Map<String, List<String>> seen = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      String path = "/" + any(random);
      String page = any(random);
      String tag = any(random);
      String language = any(random);
      PageKey key =
          Pages.keyOf(
              "",
              path,
              "tag=" + tag + "&page=" + page,
              RULE,
              new Fields(Map.of("Accept-Language", List.of(language))),
              Variant.custom(any(random)));
      List<String> parts = List.of(path, page, tag, language, Variant.of(key).names().get(0));
      List<String> other = seen.putIfAbsent(key.text(), parts);
      if (other != null) {
        assertEquals(other, parts, "seed " + seed);
      }
    }
    assertTrue(seen.size() > 1000);
  }

  /** What the parts of a key look like, with and without their lengths. */
  private static final List<String> PIECES =
      List.of(
          "a",
          "1",
          ":",
          "=",
          "P",
          "Q",
          "V",
          "page=",
          "tag=",
          "Q:page=",
          "Q:tag=",
          "Q5:page=",
          "Q4:tag=",
          "H:accept-language",
          "L:",
          "L1:a",
          "V:custom",
          "V6:custom",
          "N:",
          "N1:a");

  private static String any(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  @Test
  void withVariantChangesNothingElse() {
    PageKey key = key("/a", "page=2");
    PageKey auth = key.withVariant(Variant.AUTH.text());
    assertNotEquals(key, auth);
    assertEquals(key, auth.withVariant(Variant.ANON.text()));
    assertEquals(key.query(), auth.query());
    assertNull(Map.of(key, "x").get(auth));
  }
}
