// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.cookie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.CookieSettings;
import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.SessionStoreContract;
import dev.lms.session.contract.Stores;
import dev.lms.session.store.Revocations;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class CookieSessionStoreTest extends SessionStoreContract {
  private final Revocations revocations = new MemoryRevocations();

  @Override
  protected SessionStore open(KeyRing keys) {
    return new CookieSessionStore(keys, "session", "tests", revocations);
  }

  @Test
  void anotherSitesCookieIsNotAccepted() {
    String token = store().create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    for (SessionStore other :
        List.of(
            new CookieSessionStore(KEYS, "session", "another site", revocations),
            new CookieSessionStore(KEYS, "other", "tests", revocations))) {
      assertEquals(Optional.empty(), Stores.load(other, token));
    }
  }

  /** A longer name than the one that was measured would let browsers drop cookies silently. */
  @Test
  void aStoreForAnotherCookieThanIsSentIsRefused() {
    CookieSettings sent = CookieSettings.defaults();
    SessionStore other = new CookieSessionStore(KEYS, "s", "tests", revocations);
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Sessions.builder(other, KEYS)
                    .settings(SessionSettings.defaults().withCookie(sent))
                    .clock(Clock.systemUTC())
                    .build());
    assertTrue(String.valueOf(error.getMessage()).contains("'s'"), error.getMessage());
    assertTrue(String.valueOf(error.getMessage()).contains("__Host-session"), error.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Sessions.of(other, KEYS));

    SessionStore same = new CookieSessionStore(KEYS, sent, "tests", revocations);
    Session session = Sessions.of(same, KEYS).open(null);
    // The largest that is not refused is what a browser takes, to the byte.
    int largest = 0;
    for (int size = 2900; size < 3100; size++) {
      session.set("a", "x".repeat(size));
      try {
        session.commit();
      } catch (IllegalStateException tooLarge) {
        break;
      }
      String pair = session.setCookie().orElseThrow().replaceFirst(";.*", "");
      largest = pair.length() - 1;
    }
    assertTrue(largest <= CookieSessionStore.LARGEST_COOKIE, "it sent " + largest);
    assertTrue(largest > CookieSessionStore.LARGEST_COOKIE - 4, "it sent " + largest);
  }

  @Test
  void aCookieThatBrowsersWouldDropIsAnErrorThatNamesTheHeaviestAttributes() {
    Map<String, String> attributes =
        Map.of("essay", "x".repeat(2500), "notes", "\u20ac".repeat(900), "theme", "dark");
    SessionStore store = store();
    IllegalStateException error =
        assertThrows(
            IllegalStateException.class,
            () -> store.create(person(), attributes, WriteOptions.at(NOW, SOON)).orElseThrow());
    String message = String.valueOf(error.getMessage());
    assertTrue(
        message.contains("notes (2705 bytes), essay (2505 bytes), theme (9 bytes)"), message);
    assertTrue(
        message.matches("(?s).*would be [78]\\d{3} bytes, and browsers take 4096.*"), message);
  }

  @Test
  void theLimitCountsNameAndValue() {
    SessionStore store = store();
    int fits = 0;
    for (int length = 2800; length < 3100; length++) {
      try {
        String token =
            store
                .create(stranger(), Map.of("k", "x".repeat(length)), WriteOptions.at(NOW, SOON))
                .orElseThrow();
        int bytes = ("session" + token).getBytes(StandardCharsets.UTF_8).length;
        assertTrue(bytes <= CookieSessionStore.LARGEST_COOKIE);
        fits = length;
      } catch (IllegalStateException e) {
        assertEquals(fits + 1, length, "once one is too large, it is the first");
        break;
      }
    }
    assertTrue(fits > 2900, "the largest value that fits has " + fits + " characters");
  }

  /** The sign-out comes between the rotation's look at the list and its end. */
  @Test
  void aSignOutDuringARotationWins() {
    MemoryRevocations list = new MemoryRevocations();
    Revocations signsOutMeanwhile =
        new Revocations() {
          @Override
          public boolean revoke(String handle, Instant until, Instant now) {
            return list.revoke(handle, until, now);
          }

          @Override
          public boolean isRevoked(String handle) {
            boolean revoked = list.isRevoked(handle);
            list.revoke(handle, LATER, NOW);
            return revoked;
          }
        };
    String token =
        store().create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store(), token);
    SessionStore rotating = new CookieSessionStore(KEYS, "session", "tests", signsOutMeanwhile);
    assertEquals(
        Optional.empty(),
        rotating.rotate(session, person(), Changes.NONE, WriteOptions.at(NOW, SOON)).token());
  }

  /** OWASP ASVS 11.3.4; of 96 random bits, ten thousand are the same once in 10^21. */
  @Test
  void noNonceIsUsedTwice() {
    SessionStore store = store();
    StoredSession session =
        loaded(
            store,
            store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    Set<String> nonces = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      String token =
          store.update(session, Changes.NONE, WriteOptions.at(NOW, SOON)).token().orElseThrow();
      // Behind the version.
      byte[] sealed = Base64.getUrlDecoder().decode(token);
      assertTrue(nonces.add(HexFormat.of().formatHex(sealed, 1, 13)), "nonce " + i);
    }
  }

  @Test
  void ofManyRotationsAtOnceOneSucceeds() throws Exception {
    SessionStore store = store();
    StoredSession session =
        loaded(
            store,
            store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow());
    List<Callable<Object>> calls =
        Collections.nCopies(
            8,
            () ->
                store.rotate(session, person(), Changes.NONE, WriteOptions.at(NOW, SOON)).token());
    long rotated = inParallel(calls).stream().filter(o -> !Optional.empty().equals(o)).count();
    assertEquals(1, rotated);
  }
}
