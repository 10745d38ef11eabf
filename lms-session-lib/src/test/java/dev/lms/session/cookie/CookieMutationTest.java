// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.cookie;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.store.SessionTokens;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Whatever is done to a sealed cookie, it is the cookie that was handed out or none. */
class CookieMutationTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final KeyRing OTHER_KEYS = KeyRing.of("a secret for tests, long enough 0002");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final int MUTATIONS = 100_000;

  private final CookieSessionStore store = store(KEYS, "session", "tests");
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  private static CookieSessionStore store(KeyRing keys, String name, String audience) {
    return new CookieSessionStore(keys, name, audience, new MemoryRevocations());
  }

  private static String cookie(CookieSessionStore store, int length) {
    Envelope envelope =
        new Envelope(
            NOW,
            Optional.of(NOW),
            NOW.plus(Duration.ofDays(7)),
            Optional.of(new Principal("zoë", Set.of("student"))));
    return store
        .create(envelope, Map.of("a", "x".repeat(length)), WriteOptions.at(NOW, SOON))
        .orElseThrow();
  }

  private List<UnaryOperator<String>> mutations(List<String> valid, List<String> foreign) {
    return List.of(
        this::flipBits,
        this::replaceCharacter,
        cookie -> cookie.substring(0, random.nextInt(cookie.length())),
        cookie -> cookie.substring(1 + random.nextInt(cookie.length() - 1)),
        cookie -> cookie + text(1 + random.nextInt(8)),
        cookie -> text(1 + random.nextInt(8)) + cookie,
        this::insert,
        this::swap,
        cookie -> splice(cookie, any(valid)),
        cookie -> splice(cookie, any(foreign)),
        cookie -> any(foreign),
        this::spellDifferently,
        cookie -> strayBits(cookie),
        cookie -> text(random.nextInt(2 * cookie.length())));
  }

  private String any(List<String> cookies) {
    return cookies.get(random.nextInt(cookies.size()));
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(64)));
    }
    return text.toString();
  }

  private String flipBits(String cookie) {
    byte[] sealed = Base64.getUrlDecoder().decode(cookie);
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      sealed[random.nextInt(sealed.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  private String replaceCharacter(String cookie) {
    int at = random.nextInt(cookie.length());
    char other =
        random.nextBoolean()
            ? ALPHABET.charAt(random.nextInt(64))
            : (char) random.nextInt(Character.MAX_VALUE);
    return cookie.substring(0, at) + other + cookie.substring(at + 1);
  }

  private String insert(String cookie) {
    int at = random.nextInt(cookie.length() + 1);
    String inserted =
        any(List.of(" ", "\t", "\r\n", "=", "\0", "%3D", "\u00e9", "\ud83d\ude00", "A"));
    return cookie.substring(0, at) + inserted + cookie.substring(at);
  }

  private String swap(String cookie) {
    StringBuilder swapped = new StringBuilder(cookie);
    int a = random.nextInt(cookie.length());
    int b = random.nextInt(cookie.length());
    swapped.setCharAt(a, cookie.charAt(b));
    swapped.setCharAt(b, cookie.charAt(a));
    return swapped.toString();
  }

  private String splice(String cookie, String other) {
    int cut = random.nextInt(Math.min(cookie.length(), other.length()));
    return cookie.substring(0, cut) + other.substring(cut);
  }

  /** The same bytes in base64 that others would take too. */
  private String spellDifferently(String cookie) {
    byte[] sealed = Base64.getUrlDecoder().decode(cookie);
    return switch (random.nextInt(6)) {
      case 0 -> Base64.getUrlEncoder().encodeToString(sealed);
      case 1 -> Base64.getEncoder().encodeToString(sealed);
      case 2 -> Base64.getEncoder().withoutPadding().encodeToString(sealed);
      case 3 -> Base64.getMimeEncoder().encodeToString(sealed);
      case 4 -> cookie + "=".repeat(1 + random.nextInt(3));
      default -> '"' + cookie + '"';
    };
  }

  /** The last character of base64 may hold bits that belong to no byte. */
  private static String strayBits(String cookie) {
    int last = ALPHABET.indexOf(cookie.charAt(cookie.length() - 1));
    return cookie.substring(0, cookie.length() - 1) + ALPHABET.charAt(last ^ 1);
  }

  @Test
  void ofManyMutatedCookiesNoneIsAcceptedAndNoneThrows() {
    System.out.println("CookieMutationTest seed " + seed);
    List<String> valid = new ArrayList<>();
    List<String> foreign = new ArrayList<>();
    // Three lengths: base64 ends in each of its three ways.
    for (int length = 10; length < 13; length++) {
      valid.add(cookie(store, length));
      foreign.add(cookie(store(OTHER_KEYS, "session", "tests"), length));
      foreign.add(cookie(store(KEYS, "other", "tests"), length));
      foreign.add(cookie(store(KEYS, "session", "another site"), length));
    }
    Set<Integer> endings = new HashSet<>();
    valid.forEach(cookie -> endings.add(cookie.length() % 4));
    assertEquals(Set.of(0, 2, 3), endings);
    List<UnaryOperator<String>> mutations = mutations(valid, foreign);
    int changed = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      String cookie = any(valid);
      String mutated = mutations.get(i % mutations.size()).apply(cookie);
      boolean same = valid.contains(mutated);
      changed += same ? 0 : 1;
      assertEquals(
          same, Stores.load(store, mutated).isPresent(), () -> "seed " + seed + ": " + mutated);
      store.delete(same ? "" : mutated, Optional.empty(), NOW);
    }
    assertTrue(changed > MUTATIONS * 9 / 10, changed + " were changed at all");
    for (String cookie : valid) {
      assertTrue(Stores.load(store, cookie).isPresent(), "no mutated cookie could end it either");
    }
  }

  @Test
  void bothDeadlinesAreInsideTheSeal() {
    String cookie = cookie(store, 10);
    StoredSession session = Stores.load(store, cookie).orElseThrow();
    assertEquals(SOON, session.deadline());
    assertEquals(NOW.plus(Duration.ofDays(7)), session.envelope().absoluteDeadline());
    String clear = new String(Base64.getUrlDecoder().decode(cookie), StandardCharsets.ISO_8859_1);
    assertTrue(!clear.contains("student") && !clear.contains("xxxx"), "what it holds is sealed");
  }

  @Test
  void anIdInOtherSpellingIsNotAccepted() {
    SessionTokens tokens = new SessionTokens(KEYS);
    String token = tokens.mint().text();
    assertTrue(tokens.parse(token).isPresent());
    int accepted = 0;
    for (int last = 0; last < ALPHABET.length(); last++) {
      String spelled = token.substring(0, token.length() - 1) + ALPHABET.charAt(last);
      accepted += tokens.parse(spelled).isPresent() ? 1 : 0;
    }
    assertEquals(1, accepted, "its last character has four bits that belong to no byte");
  }
}
