// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.file.FileSessionStore;
import dev.lms.session.testkit.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Typed attributes, as a program sees them. */
class SessionKeyTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  /** Something that cannot be without items. */
  record Cart(List<String> items) {
    static final Cart EMPTY = new Cart(List.of());

    Cart {
      Objects.requireNonNull(items);
    }

    Cart with(String item) {
      List<String> more = new ArrayList<>(items);
      more.add(item);
      return new Cart(more);
    }
  }

  private static final SessionKey<String> NAME = SessionKey.text("name").sensitive();
  private static final SessionKey.WithDefault<Long> VISITS = SessionKey.counter("visits");
  private static final SessionKey<Long> PAGE = SessionKey.number("page");
  private static final SessionKey<Cart> CART =
      SessionKey.json("cart", Cart.class).merging(Merge.REJECT);
  private static final SessionKey.WithDefault<Duration> PAUSE =
      SessionKey.of("pause", Duration::toString, Duration::parse).orElse(Duration.ZERO);

  @TempDir Path folder;
  private final MovableClock clock = new MovableClock(START);
  private SessionStore store;
  private Sessions sessions;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    sessions =
        Sessions.builder(store, KEYS).settings(SessionSettings.plainHttp()).clock(clock).build();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static List<String> cookie(Session session) {
    return List.of(session.setCookie().orElseThrow().replaceFirst(";.*", ""));
  }

  private List<String> begin(String name, String value) {
    Session session = sessions.open(null);
    session.set(name, value);
    assertEquals(CommitOutcome.STORED, session.commit());
    return cookie(session);
  }

  @Test
  void valuesComeBackAsTheyWere() {
    Session session = sessions.open(null);
    Cart cart = Cart.EMPTY.with("py101").with("☃");
    session.set(NAME, "Ada");
    session.set(PAGE, 7L);
    session.set(CART, cart);
    session.set(PAUSE, Duration.ofMinutes(3));
    assertEquals(Optional.of(cart), session.get(CART), "a request sees its own changes");
    session.commit();
    Session next = sessions.open(cookie(session));
    assertEquals(Optional.of("Ada"), next.get(NAME));
    assertEquals(Optional.of(7L), next.get(PAGE));
    assertEquals(Optional.of(cart), next.get(CART));
    assertEquals(Duration.ofMinutes(3), next.get(PAUSE));
    next.remove(CART);
    assertEquals(Optional.empty(), next.get(CART));
    next.commit();
    assertEquals(Optional.empty(), sessions.open(cookie(session)).get(CART));
  }

  @Test
  void whatIsShownOnceIsTakenOut() {
    List<String> cookie = begin("_name", "Saved.");
    Session session = sessions.open(cookie);
    assertEquals(Optional.of("Saved."), session.pop(NAME));
    assertEquals(Optional.empty(), session.pop(NAME));
    assertEquals(CommitOutcome.STORED, session.commit());
    Session next = sessions.open(cookie);
    assertEquals(Optional.empty(), next.pop(NAME));
    assertEquals(CommitOutcome.UNCHANGED, next.commit(), "there was nothing to take out");
  }

  @Test
  void whatMustNotBeOverwrittenUnseenIsTakenOutOnce() {
    Session first = sessions.open(null);
    first.set(CART, Cart.EMPTY.with("py101"));
    first.commit();
    Session one = sessions.open(cookie(first));
    Session other = sessions.open(cookie(first));
    assertTrue(one.pop(CART).isPresent());
    assertTrue(other.pop(CART).isPresent());
    assertEquals(CommitOutcome.STORED, one.commit());
    assertEquals(CommitOutcome.CONFLICT, other.commit());
  }

  @Test
  void whatCannotBeReadIsTakenOutAllTheSame() {
    Session session = sessions.open(begin("cart", "no cart"));
    assertEquals(Optional.empty(), session.pop(CART));
    assertFalse(session.attributes().containsKey("cart"));
  }

  @Test
  void whatIsAbsentIsTheDefault() {
    Session session = sessions.open(null);
    assertEquals(Optional.empty(), session.get(NAME));
    assertEquals(Duration.ZERO, session.get(PAUSE));
    assertEquals(0L, session.get(VISITS));
    SessionKey<Duration> seenAsPlain = PAUSE;
    assertEquals(Optional.of(Duration.ZERO), session.get(seenAsPlain));
    assertEquals(CommitOutcome.UNCHANGED, session.commit(), "a default is not stored");
  }

  @Test
  void whatCannotBeReadIsAbsentAndCounted() {
    List<String> cookie = begin("cart", "{\"items\":");
    Session session = sessions.open(cookie);
    assertEquals(Optional.empty(), session.get(CART));
    assertEquals(1, sessions.unreadableAttributes());
    for (String text :
        List.of("", "null", "[]", "7", "{}", "{\"items\":{}}", "[".repeat(100_000))) {
      session.set("cart", text);
      assertEquals(Optional.empty(), session.get(CART), text);
    }
    session.set("page", "seven");
    assertEquals(Optional.empty(), session.get(PAGE));
    session.set("pause", "a while");
    assertEquals(Duration.ZERO, session.get(PAUSE));
    assertEquals(10, sessions.unreadableAttributes());
    session.set(CART, Cart.EMPTY);
    assertEquals(Optional.of(Cart.EMPTY), session.get(CART), "and may be set anew");
    assertEquals(10, sessions.unreadableAttributes());
  }

  // Merge rules.

  @Test
  void countersLoseNothingHoweverTheyAreMoved() {
    List<String> cookie = begin("visits", "10");
    Session one = sessions.open(cookie);
    Session two = sessions.open(cookie);
    assertEquals(11, one.add(VISITS, 1));
    two.set(VISITS, two.get(VISITS) + 5);
    assertEquals(15L, two.get(VISITS));
    assertEquals(CommitOutcome.STORED, one.commit());
    assertEquals(CommitOutcome.STORED, two.commit());
    assertEquals(16L, sessions.open(cookie).get(VISITS));
  }

  @Test
  void aCounterThatCannotBeReadBeginsAgain() {
    List<String> cookie = begin("visits", "many");
    Session session = sessions.open(cookie);
    assertEquals(3, session.add(VISITS, 3));
    assertEquals(CommitOutcome.STORED, session.commit());
    assertEquals(3L, sessions.open(cookie).get(VISITS));
  }

  /** What a program was told is what is stored, or it was told nothing. */
  @Test
  void aCounterThatWouldOverflowIsRefusedBeforeAnybodyIsToldASum() {
    List<String> cookie = begin("visits", "-10");
    Session session = sessions.open(cookie);
    assertEquals(Long.MAX_VALUE - 10, session.add(VISITS, Long.MAX_VALUE));
    assertThrows(IllegalStateException.class, () -> session.add(VISITS, 5), "too far at once");
    assertThrows(IllegalStateException.class, () -> session.add(VISITS, Long.MAX_VALUE));
    assertThrows(IllegalStateException.class, () -> session.set(VISITS, Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE - 10, session.get(VISITS));
    assertEquals(CommitOutcome.STORED, session.commit());
    assertEquals(Long.MAX_VALUE - 10, sessions.open(cookie).get(VISITS));

    Session one = sessions.open(cookie);
    Session two = sessions.open(cookie);
    assertEquals(Long.MAX_VALUE - 1, one.add(VISITS, 9));
    assertEquals(Long.MAX_VALUE - 1, two.add(VISITS, 9));
    assertEquals(CommitOutcome.STORED, one.commit());
    assertThrows(IllegalStateException.class, two::commit);
    assertEquals(Long.MAX_VALUE - 1, sessions.open(cookie).get(VISITS));
    Session fresh = sessions.open(null);
    assertEquals(Long.MIN_VALUE, fresh.add(VISITS, Long.MIN_VALUE));
    assertThrows(IllegalStateException.class, () -> fresh.set(VISITS, 1L));
    assertEquals(CommitOutcome.STORED, fresh.commit());
    assertEquals(Long.MIN_VALUE, sessions.open(cookie(fresh)).get(VISITS));
  }

  @Test
  void theSecondToChangeWhatMustNotBeOverwrittenUnseenIsRefused() {
    List<String> cookie = begin("theme", "dark");
    Session one = sessions.open(cookie);
    Session two = sessions.open(cookie);
    one.set(CART, one.get(CART).orElse(Cart.EMPTY).with("py101"));
    two.set(CART, two.get(CART).orElse(Cart.EMPTY).with("js101"));
    two.set("theme", "light");
    assertEquals(CommitOutcome.STORED, one.commit());
    assertEquals(CommitOutcome.CONFLICT, two.commit());
    assertEquals(Optional.empty(), two.setCookie());
    assertEquals(Optional.of("dark"), two.get("theme"), "nothing was written");
    two.set(CART, two.get(CART).orElse(Cart.EMPTY).with("js101"));
    assertEquals(CommitOutcome.STORED, two.commit(), "having seen it, it may");
    assertEquals(Optional.of(new Cart(List.of("py101", "js101"))), sessions.open(cookie).get(CART));
  }

  @Test
  void removingUnseenIsRefusedToo() {
    List<String> cookie = begin("cart", "{\"items\":[]}");
    Session one = sessions.open(cookie);
    Session two = sessions.open(cookie);
    one.remove(CART);
    two.set(CART, Cart.EMPTY.with("js101"));
    assertTrue(one.exists());
    assertEquals(CommitOutcome.STORED, two.commit());
    assertEquals(CommitOutcome.CONFLICT, one.commit());
    assertTrue(sessions.open(cookie).get(CART).isPresent());
  }

  @Test
  void aSignInThatWouldOverwriteUnseenSignsNobodyIn() {
    List<String> cookie = begin("cart", "{\"items\":[]}");
    Session one = sessions.open(cookie);
    one.signIn(new Principal("ada", Set.of()));
    one.set(CART, Cart.EMPTY.with("py101"));
    Session two = sessions.open(cookie);
    two.set(CART, Cart.EMPTY.with("js101"));
    assertEquals(CommitOutcome.STORED, two.commit());
    assertEquals(CommitOutcome.CONFLICT, one.commit());
    assertEquals(Optional.empty(), one.principal());
    assertTrue(sessions.open(cookie).exists());
  }

  @Test
  void whatIsNoCounterIsNotDeclaredOne() {
    for (SessionKey<?> key : List.of(NAME, PAUSE, CART)) {
      IllegalArgumentException error =
          assertThrows(IllegalArgumentException.class, () -> key.merging(Merge.COUNTER));
      assertTrue(String.valueOf(error.getMessage()).contains("SessionKey.counter"));
    }
    assertThrows(IllegalArgumentException.class, () -> VISITS.orElse(5L));
    Session session = sessions.open(null);
    assertThrows(IllegalArgumentException.class, () -> session.add(PAGE, 1));
  }

  // Sensitive attributes.

  @Test
  void whatIsSensitiveIsNotShown() {
    Session session = sessions.open(null);
    session.set(NAME, "Ada");
    session.set("theme", "dark");
    session.commit();
    Session next = sessions.open(cookie(session));
    assertEquals(Map.of("_name", "***", "theme", "dark"), next.shown());
    assertTrue(next.toString().contains("_name=***"), next.toString());
    next.set(NAME, "Ada L.");
    for (Object shown : List.of(next, next.shown(), NAME, set("Ada L."))) {
      assertFalse(shown.toString().contains("Ada"), shown.toString());
    }
    assertEquals("_name", NAME.sensitive().name(), "once is enough");
    assertTrue(SessionKey.isSensitive(NAME.name()));
  }

  private static Changes set(String value) {
    return new Changes(Map.of("_name", value), Set.of(), Map.of());
  }

  @Test
  void printingASessionAsksNoStoreAndIsNoLookAtThePerson() {
    Session session = sessions.open(begin("theme", "dark"));
    store.close();
    long before = session.uses();
    assertEquals("Session[]", session.toString());
    assertEquals(before, session.uses());
  }
}
