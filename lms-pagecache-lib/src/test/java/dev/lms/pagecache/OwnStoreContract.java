// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.contract.PageStoreContract;
import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.HoleMarkers;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The contract, and what only the cache itself can look at: holes and codings. */
public abstract class OwnStoreContract extends PageStoreContract {
  protected OwnStoreContract() {}

  @Test
  void keepsHolesInBothCodings() {
    PageKey key = Pages.key("/a", Variant.role(Asker.person("7", "b", "a")));
    HoleMarkers markers = new HoleMarkers(new SecureRandom());
    String html = "é".repeat(300) + markers.marker("menu") + "</nav>" + markers.marker("menu");
    Page stored =
        page(key, markers.split(html.getBytes(StandardCharsets.UTF_8)), clock.instant(), "ü", "t2");
    assertEquals(PageStore.Stored.KEPT, store().store(key, stored, miss(key)));
    Page found = hit(key);
    assertEquals(stored.unwrap(Answer.class).status(), found.unwrap(Answer.class).status());
    assertEquals(stored.unwrap(Answer.class).fields(), found.unwrap(Answer.class).fields());
    Map<String, byte[]> filled = Map.of("menu", "x".getBytes(StandardCharsets.UTF_8));
    for (Coding coding : Coding.values()) {
      assertTrue(found.unwrap(Answer.class).body().has(coding));
      assertEquals(Pages.etag(stored, coding, filled), Pages.etag(found, coding, filled));
      assertEquals(
          HexText.of(Pages.bytes(stored.unwrap(Answer.class).body(), coding, filled)),
          HexText.of(Pages.bytes(found.unwrap(Answer.class).body(), coding, filled)));
    }
  }

  @Test
  void keepsPagesWithoutHolesInBothCodings() {
    PageKey key = key("/a");
    Page stored = page(key, "word ".repeat(100), clock.instant());
    assertEquals(PageStore.Stored.KEPT, store().store(key, stored, miss(key)));
    assertEquals(
        HexText.of(Pages.bytes(stored.unwrap(Answer.class).body(), Coding.GZIP, Map.of())),
        HexText.of(Pages.bytes(hit(key).unwrap(Answer.class).body(), Coding.GZIP, Map.of())));
  }
}
