package dev.lms.pagecache;

import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Short ways to pages and keys. */
public final class Pages {
  public static final Duration TTL = Duration.ofSeconds(90);
  public static final PageRule RULE = PageRule.shared(TTL);

  private Pages() {}

  public static PageKey key(String path) {
    return key(path, Variant.ANON);
  }

  public static PageKey key(String path, Variant variant) {
    return PageKey.of("", path, null, RULE, Fields.NONE, variant);
  }

  public static Page page(PageKey key, String text, Instant now, String... tags) {
    return page(key, Body.of(text.getBytes(StandardCharsets.UTF_8)), now, tags);
  }

  public static Page page(PageKey key, Body body, Instant now, String... tags) {
    Fields fields = new Fields(Map.of("Content-Type", List.of("text/html; charset=utf-8")));
    return Page.of(new Answer(200, fields, body), key, Set.of(tags), now, TTL);
  }

  public static String text(Page page) {
    return new String(
        bytes(page.answer().body(), Coding.IDENTITY, Map.of()), StandardCharsets.UTF_8);
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
