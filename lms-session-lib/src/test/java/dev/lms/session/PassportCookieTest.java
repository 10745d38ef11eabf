// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.store.CompareAndSetStore;
import dev.lms.session.store.Revocations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a browser is handed a passport, when it is told to forget it, and what it looks like. */
class PassportCookieTest extends PassportFixture {
  @Test
  void itTravelsAsTheSessionDoes() {
    Session session = new Browser().open(OutagePolicy.FAIL_CLOSED);
    session.signIn(ADA);
    session.commit();
    List<String> cookies = setCookies(session);
    assertEquals(2, cookies.size());
    assertEquals(session.setCookie(), Optional.of(cookies.get(0)));
    assertTrue(
        cookies
            .get(1)
            .matches(
                "session-passport=[\\w-]{60,120}; Path=/; Max-Age=300; HttpOnly; SameSite=Lax"),
        cookies.get(1));
    Sessions secure = sessions(KEYS, SessionSettings.defaults().withPassport(LIFE));
    Session safe = secure.open(null);
    safe.signIn(ADA);
    safe.commit();
    assertTrue(
        setCookies(safe)
            .get(1)
            .matches(
                "__Host-session-passport=[\\w-]+; Path=/; Max-Age=300; Secure; HttpOnly;"
                    + " SameSite=Lax"),
        setCookies(safe).get(1));
  }

  @Test
  void twoOfOnePersonAreNotAlikeAndSayNothingInTheOpen() {
    String one = ada().passport();
    String other = ada().passport();
    assertNotEquals(one, other);
    byte[] bytes = Base64.getUrlDecoder().decode(one);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertFalse(text.contains("ada") || text.contains("tutor"), text);
  }

  @Test
  void itIsRenewedWhenTheSessionSlidesAndNotBefore() throws IOException {
    Browser ada = ada();
    String first = ada.passport();
    clock.move(Duration.ofSeconds(59));
    assertEquals(List.of(), setCookies(ada.visit()));
    Session writing = ada.reading();
    writing.set("cart", "4 books");
    writing.commit();
    assertEquals(List.of(), setCookies(writing), "a write is no reason");
    clock.move(Duration.ofSeconds(1));
    Session touching = ada.visit();
    assertEquals(Optional.empty(), touching.setCookie());
    assertEquals(1, setCookies(touching).size());
    assertNotEquals(first, ada.passport());
    outage();
    clock.move(LIFE.minusMillis(1));
    assertEquals(Optional.of(ADA), ada.reading().principal());
  }

  @Test
  void aSessionThatIsRenewedForOtherRolesHasThemInItsPassport() throws IOException {
    Browser ada = ada();
    sessions.changeRoles("ada", Set.of("guest"));
    ada.visit();
    outage();
    assertEquals(Optional.of(new Principal("ada", Set.of("guest"))), ada.reading().principal());
  }

  @Test
  void anAliasGetsNone() throws IOException {
    Browser ada = ada();
    Browser late = new Browser();
    late.cookies.putAll(ada.cookies);
    clock.move(Duration.ofSeconds(61));
    Session rotating = ada.reading();
    rotating.rotate();
    rotating.commit();
    // Within the grace, and the store would take a touch.
    clock.move(Duration.ofSeconds(1));
    String before = late.passport();
    Session alias = late.visit();
    assertEquals(Optional.of(ADA), alias.principal());
    assertEquals(List.of(), setCookies(alias));
    assertEquals(before, late.passport());
  }

  @Test
  void whoSendsTheSessionInAHeaderHasNone() throws IOException {
    sessions =
        sessions(
            KEYS,
            SessionSettings.plainHttp()
                .withPassport(LIFE)
                .withTokenHeader(TokenHeader.authorization()));
    Map<String, List<String>> asked = Map.of("Authorization", List.of("Session"));
    Session session = sessions.openRequest(asked::get, OutagePolicy.FAIL_CLOSED);
    session.signIn(ADA);
    session.commit();
    assertEquals(1, session.answerFields().size());
    Map<String, List<String>> next =
        Map.of("Authorization", List.of("Session " + session.answerFields().get(0).value()));
    assertEquals(
        Optional.of(ADA), sessions.openRequest(next::get, OutagePolicy.PASSPORT).principal());
    outage();
    Session reading = sessions.openRequest(next::get, OutagePolicy.PASSPORT);
    assertThrows(SessionStoreException.class, reading::principal);
  }

  @Test
  void nobodyIsNotGivenOne() {
    Browser browser = new Browser();
    Session anonymous = browser.open(OutagePolicy.FAIL_CLOSED);
    anonymous.set("cart", "1 book");
    anonymous.commit();
    assertEquals(1, setCookies(anonymous).size());
    clock.move(Duration.ofSeconds(61));
    browser.took(anonymous);
    assertEquals(List.of(), setCookies(browser.visit()));
  }

  @Test
  void whoIsTooMuchForACookieHasNone() throws IOException {
    Set<String> roles =
        IntStream.range(0, 300).mapToObj(i -> "a-role-" + i).collect(Collectors.toSet());
    Browser many = new Browser().signIn(new Principal("ada", roles));
    Browser some =
        new Browser()
            .signIn(new Principal("ada", roles.stream().limit(150).collect(Collectors.toSet())));
    assertEquals("", many.passport());
    assertTrue(some.passport().length() + "session-passport".length() <= 4096);
    outage();
    assertThrows(SessionStoreException.class, many.reading()::principal);
    assertEquals(150, some.reading().principal().orElseThrow().roles().size());
  }

  @Test
  void signingOutDeletesBoth() throws IOException {
    Browser ada = ada();
    Session session = ada.open(OutagePolicy.FAIL_CLOSED);
    session.end();
    assertEquals(
        List.of(
            "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
            "session-passport=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
        setCookies(session));
  }

  @Test
  void inAnOutageSigningOutDeletesThePassportAndTheSessionGoesOn() throws IOException {
    Browser ada = ada();
    Browser thief = new Browser();
    thief.cookies.putAll(ada.cookies);
    outage();
    Session session = ada.open(OutagePolicy.FAIL_CLOSED);
    assertThrows(SessionStoreException.class, session::end);
    ada.took(session);
    assertEquals(Set.of("session"), ada.cookies.keySet());
    assertThrows(SessionStoreException.class, ada.reading()::principal);
    assertEquals(Optional.of(ADA), thief.reading().principal(), "whoever does not obey");
    Session early = thief.open(OutagePolicy.FAIL_CLOSED);
    early.forgetPassport();
    thief.took(early);
    assertEquals("", thief.passport());
    recovery();
    assertEquals(Optional.of(ADA), ada.reading().principal(), "nobody was signed out: 503");
  }

  /** Keeps texts in memory, and cannot be asked about some. */
  private static final class Texts extends CompareAndSetStore {
    private final Map<String, String> texts = new ConcurrentHashMap<>();
    private final Set<String> away = new HashSet<>();

    Texts() {
      super(KEYS);
    }

    @Override
    protected Optional<String> read(String key) {
      if (away.contains(key)) {
        throw new SessionStoreException("away");
      }
      return Optional.ofNullable(texts.get(key));
    }

    @Override
    protected boolean insert(String key, String text, Instant deadline) {
      return texts.putIfAbsent(key, text) == null;
    }

    @Override
    protected boolean replace(String key, String expected, String text, Instant deadline) {
      return texts.replace(key, expected, text);
    }

    @Override
    protected boolean remove(String key, String expected) {
      return texts.remove(key, expected);
    }
  }

  @Test
  void whatTheStoreHasAnsweredForNeedsNoPassport() {
    Texts store = new Texts();
    SessionSettings settings = SessionSettings.plainHttp().withPassport(LIFE);
    sessions = sessions(store, KEYS, settings);
    Browser ada = ada();
    Set<String> ended = new HashSet<>(store.texts.keySet());
    store.texts.clear();
    Browser ben = new Browser().signIn(BEN);
    store.away.addAll(store.texts.keySet());
    store.away.removeAll(ended);
    List<String> headers = new ArrayList<>();
    ada.cookies.forEach((name, value) -> headers.add(name + '=' + value));
    String id = "session=" + ben.cookies.get("session");
    headers.add(id);
    Session session = sessions.open(headers, OutagePolicy.PASSPORT_OR_ANONYMOUS);
    assertEquals(Optional.empty(), session.principal(), "ada's session is known to have ended");
    assertTrue(session.treatedAsAnonymous());
    headers.add("session-passport=" + ben.passport());
    Session both = sessions.open(headers, OutagePolicy.PASSPORT_OR_ANONYMOUS);
    assertEquals(Optional.of(BEN), both.principal());
  }

  /** A list of sign-outs that cannot be asked at times. */
  private static final class SignOuts implements Revocations {
    private boolean away;

    @Override
    public boolean revoke(String handle, Instant until, Instant now) {
      return !isRevoked(handle);
    }

    @Override
    public boolean isRevoked(String handle) {
      if (away) {
        throw new SessionStoreException("away");
      }
      return false;
    }
  }

  @Test
  void sealedCookiesWhoseListIsAwayHaveThemToo() {
    SignOuts list = new SignOuts();
    sessions =
        sessions(
            new CookieSessionStore(KEYS, "session", "test", list),
            KEYS,
            SessionSettings.plainHttp().withPassport(LIFE));
    Browser ada = ada();
    Session writing = ada.reading();
    writing.set("cart", "4 books");
    writing.commit();
    assertEquals(1, setCookies(writing).size(), "a write seals the session anew, and no more");
    ada.took(writing);
    list.away = true;
    Session session = ada.reading();
    assertEquals(Optional.of(ADA), session.principal());
    assertTrue(session.isOnPassport());
    assertEquals(Map.of(), session.attributes());
  }

  @Test
  void aServerWithoutAnAdapterIsToldOfBoth() throws IOException {
    Browser ada = new Browser();
    Session session = ada.open(OutagePolicy.FAIL_CLOSED);
    session.signIn(ADA);
    List<String> fields = new ArrayList<>();
    session.commitTo((name, value) -> fields.add(name + ": " + value.replaceFirst("=.*", "")));
    assertEquals(
        List.of("Set-Cookie: session", "Set-Cookie: session-passport", "Cache-Control: no-store"),
        fields);
    ada.took(session);
    outage();
    List<String> told = new ArrayList<>();
    Session reading = ada.open(OutagePolicy.PASSPORT.forMethod("GET"));
    assertEquals(Optional.of(ADA), reading.principal());
    assertEquals(200, reading.commitTo(200, (name, value) -> told.add(name + ": " + value)));
    assertEquals(List.of("Cache-Control: no-store"), told);
    assertThrows(
        SessionStoreException.class, ada.open(OutagePolicy.PASSPORT.forMethod("POST"))::principal);
    Session writing = ada.open(OutagePolicy.PASSPORT);
    writing.set("a", "1");
    assertThrows(SessionStoreException.class, () -> writing.commitTo(200, (name, value) -> {}));
  }
}
