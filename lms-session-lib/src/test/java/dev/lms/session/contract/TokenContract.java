// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStore.Capability;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What opens a session: tokens, keys, and the new id after a rotation. Part of {@link
 * SessionStoreContract}.
 */
abstract class TokenContract extends RotationEndsContract {
  @Test
  void everySessionHasItsOwnTokenAndHandle() {
    SessionStore store = store();
    String first =
        store.create(stranger(), Map.of("n", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    String second =
        store.create(stranger(), Map.of("n", "2"), WriteOptions.at(NOW, SOON)).orElseThrow();
    assertNotEquals(first, second);
    assertNotEquals(loaded(store, first).handle(), loaded(store, second).handle());
    assertEquals("1", loaded(store, first).attributes().get("n"));
    assertEquals("2", loaded(store, second).attributes().get("n"));
  }

  @Test
  void theHandleStaysWhileTheTokenOrTheSessionDoes() {
    SessionStore store = store();
    StoredSession before =
        loaded(store, store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    String token =
        store.update(before, set("a", "1"), WriteOptions.at(NOW, SOON)).token().orElseThrow();
    assertEquals(before.handle(), loaded(store, token).handle());
  }

  // G7: forged ids.

  @Test
  void aForgedTokenIsNothing() {
    SessionStore store = store();
    String token =
        store.create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    // What was found out about the real one says nothing about others.
    loaded(store, token);
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'A' ? 'B' : 'A';
      String forged = token.substring(0, i) + other + token.substring(i + 1);
      assertEquals(Optional.empty(), meaning(store, token, forged), "character " + i);
    }
    for (String forged : List.of("", "x", token + "A", token.substring(1), "é".repeat(47))) {
      assertEquals(Optional.empty(), Stores.load(store, forged), forged);
    }
  }

  /** The last character of base64url has bits that mean nothing: then it is the same token. */
  private static Optional<StoredSession> meaning(SessionStore store, String token, String forged) {
    Base64.Decoder decoder = Base64.getUrlDecoder();
    int tail = token.length() - token.length() % 4;
    boolean same =
        forged.startsWith(token.substring(0, tail))
            && Arrays.equals(decoder.decode(lastGroup(token)), decoder.decode(lastGroup(forged)));
    return same ? Optional.empty() : Stores.load(store, forged);
  }

  private static String lastGroup(String token) {
    return token.substring(token.length() - 22);
  }

  @Test
  void anUnknownTokenIsNothingAndIsNotAdopted() {
    SessionStore store = store();
    String token = store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    store.delete(token, Optional.empty(), NOW);
    assertEquals(Optional.empty(), Stores.load(store, token));
    assertNotEquals(
        token, store.create(person(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
  }

  // G8: a new id.

  @Test
  void rotationKeepsTheDataAndKillsTheOldToken() {
    SessionStore store = store();
    String old =
        store.create(stranger(), Map.of("basket", "3"), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store, old);
    String token =
        store
            .rotate(session, person(), set("a", "1"), WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertNotEquals(old, token);
    assertEquals(Optional.empty(), Stores.load(store(), old));
    StoredSession rotated = loaded(store(), token);
    assertEquals(person(), rotated.envelope());
    assertEquals(Map.of("basket", "3", "a", "1"), rotated.attributes());
    assertNotEquals(session.handle(), rotated.handle());
  }

  @Test
  void aCommitUnderTheOldTokenIsGoneAfterRotation() {
    SessionStore store = store();
    String old = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store, old);
    String token =
        store
            .rotate(session, person(), Changes.NONE, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertEquals(
        Optional.empty(), store.update(session, set("a", "1"), WriteOptions.at(NOW, SOON)).token());
    assertEquals(Map.of(), loaded(store, token).attributes());
  }

  @Test
  void ofTwoRotationsOneIsGone() throws Exception {
    SessionStore store = store();
    String old = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store, old);
    String first =
        store
            .rotate(session, person(), Changes.NONE, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    assertEquals(
        Optional.empty(),
        store().rotate(session, person(), Changes.NONE, WriteOptions.at(NOW, SOON)).token());
    assertTrue(Stores.load(store, first).isPresent());
  }

  @Test
  void rotationKeepsWhatOthersCommittedMeanwhile() {
    SessionStore store = store();
    String old = store.create(stranger(), Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
    StoredSession session = loaded(store, old);
    assertTrue(
        store().update(session, set("other", "1"), WriteOptions.at(NOW, SOON)).token().isPresent());
    String token =
        store
            .rotate(session, person(), Changes.NONE, WriteOptions.at(NOW, SOON))
            .token()
            .orElseThrow();
    boolean promised = store.capabilities().contains(Capability.MERGES_CONCURRENT_CHANGES);
    assertEquals(promised ? Map.of("other", "1") : Map.of(), loaded(store, token).attributes());
  }

  // Keys.

  @Test
  void anOlderKeyIsStillAccepted() {
    String token =
        store(KEYS).create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    SessionStore rotated = store(ROTATED_KEYS);
    StoredSession session = loaded(rotated, token);
    assertEquals(person(), session.envelope());
    String after =
        rotated.update(session, set("b", "2"), WriteOptions.at(NOW, SOON)).token().orElseThrow();
    assertEquals(Map.of("a", "1", "b", "2"), loaded(rotated, after).attributes());
    rotated.delete(after, Optional.empty(), NOW);
    assertEquals(Optional.empty(), Stores.load(rotated, after));
    assertEquals(Optional.empty(), Stores.load(rotated, token));
  }

  @Test
  void anUnknownKeyIsNotAccepted() {
    String token =
        store(KEYS).create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
    assertEquals(Optional.empty(), Stores.load(store(OTHER_KEYS), token));
  }

  @Test
  void newTokensAreSignedWithTheCurrentKey() {
    String token =
        store(ROTATED_KEYS)
            .create(person(), Map.of("a", "1"), WriteOptions.at(NOW, SOON))
            .orElseThrow();
    assertEquals(Map.of("a", "1"), loaded(store(OTHER_KEYS), token).attributes());
  }
}
