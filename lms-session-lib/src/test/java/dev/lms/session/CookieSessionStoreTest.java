package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CookieSessionStoreTest extends SessionStoreContract {
  private final Revocations revocations = new MemoryRevocations();

  @Override
  protected SessionStore open(KeyRing keys) {
    return new CookieSessionStore(keys, "session", "tests", revocations);
  }

  @Test
  void anotherSitesCookieIsNotAccepted() {
    String token = store().create(person(), Map.of(), SOON, NOW);
    for (SessionStore other :
        java.util.List.of(
            new CookieSessionStore(KEYS, "session", "another site", revocations),
            new CookieSessionStore(KEYS, "other", "tests", revocations))) {
      assertEquals(Optional.empty(), other.load(token));
    }
  }

  @Test
  void aCookieThatBrowsersWouldDropIsAnErrorThatNamesTheHeaviestAttributes() {
    Map<String, String> attributes =
        Map.of("essay", "x".repeat(2500), "notes", "y".repeat(1000), "theme", "dark");
    SessionStore store = store();
    IllegalStateException error =
        assertThrows(
            IllegalStateException.class, () -> store.create(person(), attributes, SOON, NOW));
    String message = String.valueOf(error.getMessage());
    assertTrue(message.contains("essay (2500 characters), notes (1000 characters)"), message);
    assertTrue(message.contains("4096"), message);
  }

  @Test
  void theLimitCountsNameAndValue() {
    SessionStore store = store();
    int fits = 0;
    for (int length = 2800; length < 3100; length++) {
      try {
        String token = store.create(stranger(), Map.of("k", "x".repeat(length)), SOON, NOW);
        assertTrue("session".length() + token.length() <= CookieSessionStore.LARGEST_COOKIE);
        fits = length;
      } catch (IllegalStateException e) {
        assertEquals(fits + 1, length, "once one is too large, it is the first");
        break;
      }
    }
    assertTrue(fits > 2900, "the largest value that fits has " + fits + " characters");
  }
}
