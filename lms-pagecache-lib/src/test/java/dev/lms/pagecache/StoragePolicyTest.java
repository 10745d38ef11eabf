// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.policy.Answered;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.RequestPolicy;
import dev.lms.pagecache.policy.StoragePolicy;
import dev.lms.pagecache.policy.Verdict;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoragePolicyTest {
  private static final Asker ANNA = Asker.person("anna", "student");
  private static final PageRule RULE = PageRule.shared(Duration.ofSeconds(90));

  private static Render render(int status, String... fields) {
    Map<String, List<String>> lines = new HashMap<>();
    for (String field : fields) {
      String[] parts = field.split(": ", 2);
      lines.put(parts[0], List.of(parts[1]));
    }
    return new Render(
        RULE,
        ANNA,
        Variant.AUTH,
        status,
        new Fields(lines),
        Set.of(),
        true,
        true,
        false,
        false,
        true);
  }

  private static void assertPasses(Reason reason, Render render) {
    assertEquals(new Verdict.Pass(reason), StoragePolicy.judge(render.facts()));
    assertTrue(StoragePolicy.explain(render.facts()).contains(new Answered(reason, true)));
  }

  private static void assertStores(Variant variant, long seconds, Render render) {
    Verdict.Store store =
        assertInstanceOf(Verdict.Store.class, StoragePolicy.judge(render.facts()));
    assertEquals(Duration.ofSeconds(seconds), store.ttl());
    assertEquals(Duration.ZERO, store.keptStale());
    assertEquals(Optional.empty(), store.age());
    assertEquals(
        variant,
        store.reach() == Verdict.Reach.ONE_PERSON
            ? Variant.user(render.asker())
            : render.variant());
    assertTrue(StoragePolicy.explain(render.facts()).stream().noneMatch(Answered::objects));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 203, 301, 308, 404, 410})
  void storesSettledAnswers(int status) {
    assertStores(Variant.AUTH, 90, render(status));
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 202, 204, 206, 302, 303, 304, 307, 400, 401, 403, 405, 409, 414, 429})
  void passesAllOthers(int status) {
    assertPasses(Reason.STATUS, render(status));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 501, 502, 503, 504, 599})
  void passesErrorsOfTheServer(int status) {
    assertPasses(Reason.ERROR, render(status));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set-cookie | Set-Cookie: a=b",
        "set-cookie | set-cookie: a=b",
        "no-store   | Cache-Control: no-store",
        "no-store   | cache-control: max-age=60, NO-STORE",
        "no-store   | Cache-Control: no-cache",
        "no-store   | Cache-Control: no-cache=\"Set-Cookie\"",
        "private    | Cache-Control: private",
        "private    | Cache-Control: private=\"X-A\", max-age=60",
        "no-store   | Cache-Control: no-store; max-age=0",
        "no-store   | Cache-Control: max-age=60; no-store",
        "no-store   | Cache-Control: no-cache; no-store; must-revalidate",
        "no-store   | Cache-Control: max-age=60 no-store",
        "no-store   | Cache-Control: no-store=",
        "no-store   | Cache-Control: no-store=1",
        "no-store   | Cache-Control: \"no-store\"",
        "no-store   | Cache-Control: 'no-store'",
        "no-store   | Cache-Control: x=\"y, no-store",
        "no-store   | Cache-Control: x=\"y\" no-store",
        "no-store   | Cache-Control: no_store",
        "no-store   | Cache-Control: nocache",
        "no-store   | CDN-Cache-Control: no-store",
        "no-store   | Cloudflare-CDN-Cache-Control: no-store;",
        "no-store   | Surrogate-Control: no-store, content=\"ESI/1.0\"",
        "no-store   | Pragma: no-cache",
        "private    | Cache-Control: private; max-age=60",
        "private    | Cache-Control: private;",
        "private    | Cache-Control: Private ;x",
        "stale      | Cache-Control: max-age =0",
        "stale      | Cache-Control: max-age= 0",
        "stale      | Cache-Control: public; max-age=0",
        "stale      | Cache-Control: max-age=60, max-age=0",
        "stale      | CDN-Cache-Control: max-age=0",
        "stale      | Expires: 0",
        "stale      | Expires: -1",
        "stale      | Expires: Thu, 01 Jan 1970 00:00:00 GMT",
        "vary       | Vary: Cookie",
        "vary       | Vary: Accept-Encoding, cookie",
        "vary       | Vary: Accept-Encoding; Cookie",
        "set-cookie | Set-Cookie2: a=b",
        "stale      | Cache-Control: max-age=0",
        "stale      | Cache-Control: s-maxage=0, max-age=60",
        "stale      | Cache-Control: max-age=soon",
        "stale      | Cache-Control: max-age=-1",
        "vary       | Vary: *",
        "vary       | Vary: Accept-Encoding, User-Agent",
        "encoded    | Content-Encoding: br"
      })
  void passesWhatTheAnswerForbids(String reason, String field) {
    Render render = render(200, field);
    assertEquals(reason, ((Verdict.Pass) StoragePolicy.judge(render.facts())).reason().token());
  }

  @Test
  void storesWhatOnlyLooksForbidden() {
    assertStores(Variant.AUTH, 90, render(200, "Vary: accept-encoding"));
    assertStores(Variant.AUTH, 90, render(200, "Cache-Control: public, x-no-store"));
    assertStores(Variant.AUTH, 90, render(200, "Cache-Control: public, x=no-store"));
    assertStores(Variant.AUTH, 90, render(200, "Cache-Control: public, x=\"a, no-store\""));
    assertStores(Variant.AUTH, 90, render(200, "Expires: Thu, 01 Jan 2099 00:00:00 GMT"));
  }

  @Test
  void theAnswerShortensTheLifetimeAndNeverLengthensIt() {
    assertStores(Variant.AUTH, 7, render(200, "Cache-Control: max-age=7"));
    assertStores(Variant.AUTH, 5, render(200, "Cache-Control: max-age=70, s-maxage=\"5\""));
    assertStores(Variant.AUTH, 90, render(200, "Cache-Control: max-age=99999"));
    assertStores(Variant.AUTH, 6, render(200, "CDN-Cache-Control: max-age=6"));
    assertStores(
        Variant.AUTH, 6, render(200, "CDN-Cache-Control: max-age=60", "Cache-Control: max-age=6"));
    assertStores(Variant.AUTH, 7, render(200, "Expires: Thu, 01 Jan 1970 00:00:07 GMT"));
    assertStores(Variant.AUTH, 8, render(200, "Cache-Control: max-age=8", "Expires: 0"));
    assertStores(Variant.AUTH, 5, render(200, "Cache-Control: max-age=65", "Age: 60"));
  }

  @Test
  void cookiesMayBeDeclared() {
    Render r = render(200, "Vary: Cookie");
    assertPasses(Reason.VARY, r);
    assertStores(Variant.AUTH, 90, declaring(r, RULE.withHeaders("Cookie")));
  }

  private static Render declaring(Render r, PageRule rule) {
    return new Render(
        rule, ANNA, r.variant(), 200, r.fields(), Set.of(), true, true, false, false, true);
  }

  @Test
  void variesByDeclaredHeaders() {
    Render r = render(200, "Vary: Accept-Language");
    assertPasses(Reason.VARY, r);
    PageRule declared = RULE.withHeaders("Accept-Language");
    assertStores(
        Variant.AUTH,
        90,
        new Render(
            declared,
            ANNA,
            r.variant(),
            200,
            r.fields(),
            Set.of(),
            true,
            true,
            false,
            false,
            true));
  }

  private static Render what(
      Asker asker,
      Variant variant,
      boolean complete,
      boolean withinCap,
      boolean personal,
      boolean unkeyed,
      boolean same,
      String... fields) {
    Render r = render(200, fields);
    return new Render(
        RULE,
        asker,
        variant,
        200,
        r.fields(),
        r.tags(),
        complete,
        withinCap,
        personal,
        unkeyed,
        same);
  }

  @Test
  void anUndeclaredReadMakesAPagePersonal() {
    assertStores(Variant.user(ANNA), 90, what(ANNA, Variant.AUTH, true, true, true, false, true));
    assertStores(
        Variant.user(ANNA), 90, what(ANNA, Variant.role(ANNA), true, true, true, false, true));
  }

  @Test
  void aPersonalPageOfAStrangerIsNotStored() {
    assertPasses(
        Reason.PERSONAL, what(Asker.ANONYMOUS, Variant.ANON, true, true, true, false, true));
  }

  @Test
  void privateIsFineForOnePerson() {
    assertStores(
        Variant.user(ANNA),
        90,
        what(ANNA, Variant.user(ANNA), true, true, true, false, true, "Cache-Control: private"));
  }

  @Test
  void passesWhatWentWrong() {
    assertPasses(Reason.ABORTED, what(ANNA, Variant.AUTH, false, true, false, false, true));
    assertPasses(Reason.SIZE, what(ANNA, Variant.AUTH, true, false, false, false, true));
    assertPasses(Reason.UNKEYED, what(ANNA, Variant.AUTH, true, true, false, true, true));
    assertPasses(Reason.IDENTITY, what(ANNA, Variant.AUTH, true, true, false, false, false));
  }

  @Test
  void passesTooManyTags() {
    Set<String> tags = IntStream.range(0, 501).mapToObj(i -> "t" + i).collect(Collectors.toSet());
    Render r = render(200);
    assertPasses(
        Reason.TAGS,
        new Render(RULE, ANNA, r.variant(), 200, r.fields(), tags, true, true, false, false, true));
  }

  private static Optional<Reason> objection(
      String method, String target, boolean body, boolean authorization, PageRule... rule) {
    Set<RequestPolicy.Load> carries = EnumSet.noneOf(RequestPolicy.Load.class);
    if (body) {
      carries.add(RequestPolicy.Load.BODY);
    }
    if (authorization) {
      carries.add(RequestPolicy.Load.AUTHORIZATION);
    }
    return RequestPolicy.objection(
        new RequestPolicy.Asked(
            method,
            URI.create(target),
            carries,
            Arrays.stream(rule).findFirst().map(PageRule::terms)));
  }

  @Test
  void asksTheCacheOnlyForPlainReads() {
    assertEquals(Optional.empty(), objection("GET", "/a?b", false, false, RULE));
    assertEquals(Optional.empty(), objection("HEAD", "/a", false, false, RULE));
    assertEquals(Optional.of(Reason.POST), objection("POST", "/a", true, false, RULE));
    for (String method : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "QUERY")) {
      assertEquals(Optional.of(Reason.METHOD), objection(method, "/a", false, false, RULE));
    }
    assertEquals(Optional.of(Reason.NEVER), objection("GET", "/a", false, false));
    assertEquals(Optional.of(Reason.BODY), objection("GET", "/a", true, false, RULE));
    assertEquals(Optional.of(Reason.AUTHORIZATION), objection("GET", "/a", false, true, RULE));
    assertEquals(
        Optional.empty(),
        objection("GET", "/a", false, true, RULE.withPublicDespiteAuthorization()));
    for (String target : List.of("http://evil/a", "//evil/a", "////a", "*", "/a#b", "a")) {
      assertEquals(
          Optional.of(Reason.TARGET), objection("GET", target, false, false, RULE), target);
    }
  }

  @Test
  void forEverIsAsLongAsCachesCount() {
    Duration most = Duration.ofSeconds(1L << 31);
    for (Duration forever :
        List.of(
            ChronoUnit.FOREVER.getDuration(),
            Duration.ofMillis(Long.MAX_VALUE),
            Duration.ofSeconds(Long.MAX_VALUE))) {
      PageRule rule =
          PageRule.shared(forever).withStaleWhileRevalidate(forever).withStaleIfError(forever);
      assertEquals(most, rule.ttl());
      assertEquals(most, rule.staleWhileRevalidate());
      assertEquals(most, rule.staleIfError());
    }
  }

  @Test
  void rulesThatCannotWorkAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> PageRule.shared(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> RULE.withTags("a,b"));
    assertThrows(IllegalArgumentException.class, () -> RULE.withTags(" "));
    assertThrows(IllegalArgumentException.class, () -> RULE.withTags(" a"));
    assertThrows(IllegalArgumentException.class, () -> Asker.person(""));
    assertThrows(IllegalArgumentException.class, () -> new Asker("", Set.of("admin")));
  }
}
