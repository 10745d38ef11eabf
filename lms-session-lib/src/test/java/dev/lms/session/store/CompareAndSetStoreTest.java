// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.contract.SessionStoreContract;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;

/** The contract over four steps on a map, and what happens between two of these steps. */
class CompareAndSetStoreTest extends SessionStoreContract {
  private final ConcurrentMap<String, String> texts = new ConcurrentHashMap<>();

  /** Runs once, before the next replacement: another worker is faster. */
  private Runnable faster = () -> {};

  /** Runs once, after the next text was read. */
  private Runnable fasterThanReader = () -> {};

  private final class Texts extends CompareAndSetStore {
    private Texts(KeyRing keys) {
      super(keys);
    }

    @Override
    protected Optional<String> read(String key) {
      Optional<String> text = Optional.ofNullable(texts.get(key));
      Runnable first = fasterThanReader;
      fasterThanReader = () -> {};
      first.run();
      return text;
    }

    @Override
    protected boolean insert(String key, String text, Instant deadline) {
      return texts.putIfAbsent(key, text) == null;
    }

    @Override
    protected boolean replace(String key, String expected, String text, Instant deadline) {
      Runnable first = faster;
      faster = () -> {};
      first.run();
      return texts.replace(key, expected, text);
    }

    @Override
    protected boolean remove(String key, String expected) {
      return texts.remove(key, expected);
    }
  }

  @Override
  protected SessionStore open(KeyRing keys) {
    return new Texts(keys);
  }

  private final WriteOptions options = WriteOptions.at(NOW, SOON);

  private String begin() {
    return store().create(person(), Map.of("n", "1"), options).orElseThrow();
  }

  @Test
  void aSessionThatEndsBetweenReadAndRotationLeavesNothing() {
    String token = begin();
    StoredSession session = loaded(store(), token);
    faster = () -> assertTrue(store().delete(token, Optional.empty(), NOW));
    assertEquals(Written.GONE, store().rotate(session, person(), set("a", "1"), options));
    assertEquals(Map.of(), texts);
  }

  @Test
  void aCommitBetweenReadAndRotationGoesAlongAndLeavesNoSecondSession() {
    String token = begin();
    StoredSession session = loaded(store(), token);
    faster = () -> assertTrue(store().update(session, add("n", 4), options).isStored());
    Written written = store().rotate(session, person(), add("n", 10), options);
    StoredSession rotated = loaded(store(), written.token().orElseThrow());
    assertEquals("15", rotated.attributes().get("n"));
    assertEquals(2, texts.size(), "the session, and where its old id leads");
  }

  @Test
  void aRotationBetweenReadAndCommitIsFollowed() {
    String token = begin();
    StoredSession session = loaded(store(), token);
    faster =
        () -> store().rotate(session, session.envelope(), set("a", "1"), options.withGrace(GRACE));
    Written written = store().update(session, add("n", 4), options);
    assertEquals(token, written.token().orElseThrow());
    Opened.Live alias = assertInstanceOf(Opened.Live.class, store().open(token, NOW));
    assertEquals(Map.of("n", "5", "a", "1"), alias.session().attributes());
  }

  @Test
  void aRotationAfterTheFirstReadIsFollowed() {
    String token = begin();
    StoredSession session = loaded(store(), token);
    Runnable rotation =
        () -> store().rotate(session, session.envelope(), set("a", "1"), options.withGrace(GRACE));
    fasterThanReader = rotation;
    assertTrue(store().update(session, add("n", 4), options).isStored());
    fasterThanReader = rotation;
    Written late =
        store().rotate(session, session.envelope(), add("n", 2), options.withGrace(GRACE));
    assertEquals(token, late.token().orElseThrow());
    Opened.Live alias = assertInstanceOf(Opened.Live.class, store().open(token, NOW));
    assertEquals(Map.of("n", "7", "a", "1"), alias.session().attributes());
  }

  @Test
  void aTextThatOthersWroteIsNoSession() {
    String token = begin();
    String key = store().handle(token).orElseThrow();
    String text = requireNonNull(texts.get(key));
    for (int i = 0; i < text.length(); i++) {
      texts.put(key, text.substring(0, i) + another(text.charAt(i)) + text.substring(i + 1));
      assertEquals(Opened.ABSENT, store().open(token, NOW), "changed at " + i);
    }
    String second = begin();
    texts.put(store().handle(second).orElseThrow(), text);
    assertEquals(Opened.ABSENT, store().open(second, NOW), "the text of another session");
  }

  /** Differs in the first of its bits: the last ones of a Base64 text may mean nothing. */
  private static char another(char character) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int at = alphabet.indexOf(character);
    return at < 0 ? 'A' : alphabet.charAt(at ^ 0x20);
  }

  @Test
  void aKeyThatIsTakenIsAFaultOfTheStore() {
    SessionStore broken =
        new CompareAndSetStore(KEYS) {
          @Override
          protected Optional<String> read(String key) {
            return Optional.empty();
          }

          @Override
          protected boolean insert(String key, String text, Instant deadline) {
            return false;
          }

          @Override
          protected boolean replace(String key, String expected, String text, Instant deadline) {
            return false;
          }

          @Override
          protected boolean remove(String key, String expected) {
            return false;
          }
        };
    assertThrows(SessionStoreException.class, () -> broken.create(person(), Map.of(), options));
  }
}
