// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.EntityTag;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Short ways to pages and keys. */
public final class Pages {
  public static final Duration TTL = Duration.ofSeconds(90);
  public static final PageRule RULE = PageRule.shared(TTL);

  private Pages() {}

  public static PageKey key(String path) {
    return key(path, Variant.ANON);
  }

  public static PageKey key(String path, Variant variant) {
    return keyOf("", path, null, RULE, Fields.NONE, variant);
  }

  public static PageKey keyOf(
      String host,
      String path,
      @Nullable String query,
      PageRule rule,
      Fields request,
      Variant variant) {
    return Keys.of(host, path, query, new NamedRule("", Optional.of(rule)), request, variant);
  }

  /** The same for everybody, whoever has asked before. */
  public static String etag(Page page, Coding coding, Map<String, byte[]> filled) {
    String tag = etag(page, coding, filled, false);
    assertEquals(tag, etag(page, coding, filled, true), "as it is found out");
    assertEquals(tag, etag(page, coding, filled, true), "as it is remembered");
    return tag;
  }

  private static String etag(
      Page page, Coding coding, Map<String, byte[]> filled, boolean ofAStranger) {
    Body body = page.unwrap(Answer.class).body();
    return EntityTag.of(page.digest(), body, coding, filled, ofAStranger);
  }

  public static Page page(PageKey key, String text, Instant now, String... tags) {
    return page(key, Body.of(text.getBytes(StandardCharsets.UTF_8)), now, tags);
  }

  public static Page page(PageKey key, Body body, Instant now, String... tags) {
    Fields fields = new Fields(Map.of("Content-Type", List.of("text/html; charset=utf-8")));
    return Page.of(new Answer(200, fields, body), key, Set.of(tags), now, TTL, Duration.ZERO);
  }

  public static String text(Page page) {
    return new String(
        bytes(page.unwrap(Answer.class).body(), Coding.IDENTITY, Map.of()), StandardCharsets.UTF_8);
  }

  public static byte[] bytes(Body body, Coding coding, Map<String, byte[]> filled) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      body.writeTo(out, coding, filled);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
