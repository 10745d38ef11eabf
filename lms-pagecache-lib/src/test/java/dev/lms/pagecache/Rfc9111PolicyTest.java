// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.http.ByteRange;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.http.Freshness;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.policy.Received;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.policy.ReusePolicy.Reuse;
import dev.lms.pagecache.policy.SharedCachePolicy;
import dev.lms.pagecache.policy.StoragePolicy;
import dev.lms.pagecache.policy.Terms;
import dev.lms.pagecache.policy.Verdict;
import dev.lms.pagecache.store.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Storing, freshness and reuse as RFC 9111 has them for a shared cache. */
class Rfc9111PolicyTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final PageRule RULE = PageRule.rfc9111(Audience.EVERYONE, Duration.ofDays(1));

  /** Lines separated by a bar. */
  private static Fields fields(String lines) {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (String line : lines.split("\\|", -1)) {
      if (!line.isBlank()) {
        String[] parts = line.strip().split(": ?", 2);
        fields.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(parts[1]);
      }
    }
    return new Fields(fields);
  }

  private static Render render(int status, String request, String answer) {
    return new Render(
        RULE,
        Asker.ANONYMOUS,
        Variant.ANON,
        status,
        fields(answer),
        Set.of(),
        true,
        true,
        false,
        false,
        true,
        new Received(fields(request), NOW, NOW));
  }

  private static long lifetime(String answer) {
    return Freshness.of(200, fields(answer), NOW, NOW, Duration.ofDays(1)).lifetime().toSeconds();
  }

  private static long age(String answer, Duration took) {
    return Freshness.of(200, fields(answer), NOW.minus(took), NOW, Duration.ofDays(1))
        .age()
        .toSeconds();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "60;   Cache-Control: max-age=60",
        "60;   cache-control: MaX-aGe=60, foo=bar",
        "60;   Cache-Control: max-age=\"60\"",
        "60;   Cache-Control: max-age=0060",
        "5;    Cache-Control: max-age=60, s-maxage=5",
        "5;    Cache-Control: s-maxage=5 | Cache-Control: max-age=60",
        "1;    Cache-Control: extension=\"max-age=3600\", max-age=1",
        "1;    Cache-Control: max-age=1, extension=\"a, max-age=3600\"",
        "2147483648; Cache-Control: max-age=99999999999999999999",
        "0;    Cache-Control: max-age=-1",
        "0;    Cache-Control: max-age='60'",
        "0;    Cache-Control: max-age=60.5",
        "0;    Cache-Control: max-age= 60",
        "0;    Cache-Control: max-age=60, max-age=61",
        "60;   Cache-Control: max-age=60 | Expires: Tue, 01 Jan 2030 01:00:00 GMT",
        "0;    Cache-Control: max-age=60, no-cache",
        "3600; Expires: Tue, 01 Jan 2030 01:00:00 GMT",
        "3600; Expires: tue, 01 jan 2030 01:00:00 gmt",
        "3600; Expires: Tuesday, 01-Jan-30 01:00:00 GMT",
        "3600; Expires: Tue Jan  1 01:00:00 2030",
        "1800; Expires: Tue, 01 Jan 2030 01:00:00 GMT | Date: Tue, 01 Jan 2030 00:30:00 GMT",
        "3600; Expires: Tue, 01 Jan 2030 01:00:00 GMT | Date: whenever",
        "0;    Expires: 0",
        "0;    Expires: Tue, 01 Jan 2030 01:00:00 UTC",
        "0;    Expires: Tue, 01 Jan 2030  01:00:00 GMT",
        "0;    Expires: Tue, 01 Jan 2030 1:00:00 GMT",
        "0;    Expires: Tue, 01 Jan 30 01:00:00 GMT",
        "0;    Expires: Tue 01 Jan 2030 01:00:00 GMT",
        "0;    Expires: Tue, 01 Jan 2030 01:00:00 GMT | Expires: Tue, 01 Jan 2030 02:00:00 GMT",
        "0;    Expires: Mon, 31 Dec 2029 23:59:00 GMT",
        "6;    Last-Modified: Mon, 31 Dec 2029 23:59:00 GMT",
        "86400; Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT",
        "0;    Last-Modified: Tue, 01 Jan 2030 00:01:00 GMT",
        "0;    Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT | Pragma: no-cache",
        "60;   Cache-Control: max-age=60 | Pragma: no-cache",
        "2147483648; Expires: Fri, 01 Jan 9999 00:00:00 GMT",
        "0; Expires: Fri Jan  1 00:00:00 +123456789",
        "3600; Expires: Tuesday, 01-Jan-30 01:00:00 GMT",
        "0;    Expires: Tuesday, 01-Jan-3 01:00:00 GMT",
        "0;    X: y",
        "9;    CDN-Cache-Control: max-age=9 | Cache-Control: max-age=60",
        "9;    CDN-Cache-Control: max-age=9, foo=\"bar\" | Expires: Tue, 01 Jan 2030 01:00:00 GMT",
        "0;    CDN-Cache-Control: no-cache | Cache-Control: max-age=60",
        "60;   CDN-Cache-Control: max-age=\"9\" | Cache-Control: max-age=60",
        "60;   CDN-Cache-Control: max-age=9, &&& | Cache-Control: max-age=60",
      })
  void lifetimes(long seconds, String answer) {
    assertEquals(seconds, lifetime(answer));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0;  X: y",
        "7;  Age: 7",
        "7;  Age: 7, 0",
        "0;  Age: 0, 7",
        "7;  Age: 7 | Age: 0",
        "0;  Age: x",
        "0;  Age: -7",
        "0;  Age: 7.5",
        "2147483648; Age: 2147483649",
        "10; Date: Mon, 31 Dec 2029 23:59:50 GMT",
        "12; Date: Mon, 31 Dec 2029 23:59:50 GMT | Age: 12",
        "0;  Date: Tue, 01 Jan 2030 00:00:10 GMT",
        "0; Date: Fri Jan  1 00:00:00 -123456789",
      })
  void ages(long seconds, String answer) {
    assertEquals(seconds, age(answer, Duration.ZERO));
  }

  @Test
  void theTimeARenderTookCountsAsAge() {
    assertEquals(3, age("X: y", Duration.ofSeconds(3)));
    assertEquals(10, age("Age: 7", Duration.ofSeconds(3)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "error;         503; ; Cache-Control: max-age=60",
        "status;        206; ; Cache-Control: max-age=60",
        "status;        304; ; Cache-Control: max-age=60",
        "status;        499; ; Cache-Control: 'max-age=60, must-understand'",
        "set-cookie;    200; ; Cache-Control: max-age=60 | Set-Cookie: a=b",
        "no-store;      200; ; Cache-Control: 'max-age=60, No-StOrE'",
        "no-store;      200; Cache-Control: no-store; Cache-Control: max-age=60",
        "no-store;      200; ; CDN-Cache-Control: no-store | Cache-Control: max-age=60",
        "private;       200; ; Cache-Control: 'private, max-age=60'",
        "no-store;      200; ; Cache-Control: max-age=60 no-store",
        "no-store;      200; ; CDN-Cache-Control: 'max-age=9, no-store |' | Cache-Control:"
            + " max-age=60",
        "private;       200; ; Cache-Control: max-age=60 private=",
        "vary;          200; ; Cache-Control: max-age=60 | Vary: 'Foo Cookie'",
        "stale;         200; ; Expires: Thu, 01 Jan 1970 00:00:00 GMT | Pragma: no-cache",
        "stale;         200; ; Pragma: no-cache | Cache-Control: max-age =60",
        "authorization; 200; Authorization: x; Cache-Control: max-age=60",
        "authorization; 200; Authorization: x; Cache-Control: 'max-age=60, public=1'",
        "vary;          200; ; Cache-Control: max-age=60 | Vary: 'Foo, *'",
        "stale;         200; ; X: y",
        "stale;         200; ; Cache-Control: max-age=0",
        "stale;         499; ; Content-Type: text/html",
      })
  void passes(String reason, int status, String request, String answer) {
    Verdict verdict =
        StoragePolicy.judge(
            render(status, request == null ? "" : request, answer.replace("'", "")).facts());
    assertEquals(reason, ((Verdict.Pass) verdict).reason().token());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "200; ; Cache-Control: max-age=60",
        "299; ; Cache-Control: max-age=60",
        "302; ; Cache-Control: max-age=60",
        "404; ; Expires: Tue, 01 Jan 2030 01:00:00 GMT",
        "200; ; ETag: \"a\"",
        "200; ; Cache-Control: no-cache | Last-Modified: Mon, 31 Dec 2029 23:59:00 GMT",
        "200; Authorization: x; Cache-Control: max-age=60, public",
        "200; Authorization: x; Cache-Control: max-age=60, must-revalidate",
        "200; Authorization: x; Cache-Control: s-maxage=60",
        "200; ; CDN-Cache-Control: max-age=60 | Cache-Control: no-store",
        "200; ; Cache-Control: max-age=60 | Vary: Foo | Content-Encoding: br",
      })
  void stores(int status, String request, String answer) {
    Verdict verdict =
        StoragePolicy.judge(render(status, request == null ? "" : request, answer).facts());
    assertTrue(verdict instanceof Verdict.Store, verdict.toString());
  }

  private static Page page(String answer) {
    Render render = render(200, "", answer);
    Verdict.Store store = SharedCachePolicy.store(render.facts());
    return Page.of(
        new Answer(200, render.fields(), Body.EMPTY),
        Pages.key("/a"),
        Set.of(),
        NOW.minus(store.age().orElseThrow()),
        store.ttl(),
        store.keptStale());
  }

  private static Reuse reuse(String answer, String request, long later) {
    return ReusePolicy.judge(page(answer), RULE.terms(), fields(request), NOW.plusSeconds(later));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "USE;      59; Cache-Control: max-age=60; X: y",
        "VALIDATE; 60; Cache-Control: max-age=60; X: y",
        "VALIDATE; 50; Cache-Control: max-age=60 | Age: 10; X: y",
        "VALIDATE; 0;  Cache-Control: no-cache | ETag: \"a\"; X: y",
        "VALIDATE; 1;  Cache-Control: max-age=60; Cache-Control: no-cache",
        "VALIDATE; 2;  Cache-Control: max-age=60; Cache-Control: max-age=1",
        "USE;      1;  Cache-Control: max-age=60; Cache-Control: max-age=1",
        "VALIDATE; 31; Cache-Control: max-age=60; Cache-Control: min-fresh=30",
        "USE;      30; Cache-Control: max-age=60; Cache-Control: min-fresh=30",
        "USE;      69; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale=10",
        "VALIDATE; 70; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale=10",
        "USE;      99; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale",
        "VALIDATE; 61; Cache-Control: max-age=60, must-revalidate; Cache-Control: max-stale",
        "VALIDATE; 60; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale=0",
        "VALIDATE; 60; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale=junk",
        "VALIDATE; 60; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale=-1",
        "VALIDATE; 60; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale=",
        "VALIDATE; 60; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale=\"\"",
        "VALIDATE; 60; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale =9",
        "VALIDATE; 60; Cache-Control: max-age=60 | ETag: \"a\"; Cache-Control: max-stale,"
            + " max-stale=0",
        "VALIDATE; 1;  Cache-Control: max-age=60; Cache-Control: min-fresh=junk",
        "VALIDATE; 1;  Cache-Control: max-age=60; Cache-Control: no-cache=",
        "VALIDATE; 1;  Cache-Control: max-age=60; Authorization: x",
        "USE;      1;  Cache-Control: max-age=60, public; Authorization: x",
        "USE_AND_REVALIDATE; 69; Cache-Control: max-age=60, stale-while-revalidate=10; X: y",
        "VALIDATE; 70; Cache-Control: max-age=60, stale-while-revalidate=10; X: y",
        "VALIDATE; 61; Cache-Control: s-maxage=60, stale-while-revalidate=10; X: y",
      })
  void reuses(Reuse expected, long later, String answer, String request) {
    assertEquals(expected, reuse(answer, request, later));
  }

  @ParameterizedTest
  @ValueSource(strings = {"must-revalidate", "proxy-revalidate", "s-maxage=60", "no-cache"})
  void nothingStandsInForAnErrorAgainstTheAnswersWill(String directive) {
    Terms terms = RULE.withStaleIfError(Duration.ofMinutes(1)).terms();
    String answer = "Cache-Control: max-age=60";
    assertTrue(ReusePolicy.mayStandIn(page(answer), terms, Fields.NONE, NOW.plusSeconds(119)));
    assertFalse(ReusePolicy.mayStandIn(page(answer), terms, Fields.NONE, NOW.plusSeconds(120)));
    assertFalse(
        ReusePolicy.mayStandIn(
            page(answer + ", " + directive), terms, Fields.NONE, NOW.plusSeconds(61)));
  }

  @Test
  void theAnswersOwnWindowComesBeforeTheDeclaredOne() {
    Terms terms = RULE.withStaleIfError(Duration.ofMinutes(1)).terms();
    Page page = page("Cache-Control: max-age=60, stale-if-error=5");
    assertTrue(ReusePolicy.mayStandIn(page, terms, Fields.NONE, NOW.plusSeconds(64)));
    assertFalse(ReusePolicy.mayStandIn(page, terms, Fields.NONE, NOW.plusSeconds(65)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "bytes=0-1; 0; 2",
        "bytes=1-; 1; 9",
        "bytes=-3; 7; 3",
        "bytes=8-99; 8; 2",
        "bytes=-99; 0; 10",
        "bytes=10-; 10; 0",
        "bytes=-0; 10; 0"
      })
  void ranges(String range, int from, int length) {
    assertEquals(new ByteRange(from, length), ByteRange.of(List.of(range), 10).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=2-1", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "0-1"})
  void rangesThatAreIgnored(String range) {
    assertTrue(ByteRange.of(List.of(range), 10).isEmpty());
  }
}
