// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of a person with more sessions than one small file names. */
class IndexPartsTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final KeyRing NEW_KEYS =
      KeyRing.of("a secret for tests, long enough 0002", "a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Principal ADA = new Principal("ada", Set.of("student"));
  private static final int MANY = 120;

  @TempDir Path parent;
  private FileSessionStore store;
  private FileSessionStore other;

  @BeforeEach
  void openStores() {
    store = open(KEYS);
    other = open(KEYS);
  }

  @AfterEach
  void closeStores() {
    store.close();
    other.close();
  }

  private FileSessionStore open(KeyRing keys) {
    return FileSessionStore.open(
        parent.resolve("sessions"), keys, 100_000, Durability.NONE, Runnable::run);
  }

  private static Envelope signedIn(int second) {
    return new Envelope(NOW, Optional.of(NOW.plusSeconds(second)), LATER, Optional.of(ADA));
  }

  private Optional<String> signIn(FileSessionStore to, int second, SessionLimit limit) {
    return to.create(signedIn(second), Map.of(), WriteOptions.at(NOW, SOON).withLimit(limit));
  }

  /** The latest first, as they are listed. */
  private List<String> signInManyTimes() {
    List<String> handles = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      String token = signIn(i % 2 == 0 ? store : other, i, SessionLimit.NONE).orElseThrow();
      handles.add(0, load(token).handle());
    }
    return handles;
  }

  private StoredSession load(String token) {
    return Stores.load(store, token).orElseThrow();
  }

  private List<String> listed(FileSessionStore from) {
    return from.list(ADA.id(), NOW).stream().map(SessionInfo::handle).toList();
  }

  private Map<Path, byte[]> indexes() throws IOException {
    Map<Path, byte[]> indexes = new HashMap<>();
    try (var files = Files.walk(parent)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".index")).toList()) {
        indexes.put(file, Files.readAllBytes(file));
      }
    }
    return indexes;
  }

  @Test
  void everyProcessListsThemAllAndEndsThemAll() {
    List<String> handles = signInManyTimes();
    assertEquals(handles, listed(store));
    assertEquals(handles, listed(other));
    assertTrue(store.revoke(ADA.id(), handles.get(7), NOW));
    assertEquals(MANY - 2, other.revokeAll(ADA.id(), Optional.of(handles.get(3)), NOW));
    assertEquals(List.of(handles.get(3)), listed(store));
    assertEquals(1, other.purge(NOW));
    assertEquals(List.of(), listed(store));
  }

  @Test
  void theLimitIsExactHoweverManyThereAre() {
    List<String> handles = signInManyTimes();
    SessionLimit refuses = SessionLimit.of(MANY).withWhenReached(SessionLimit.WhenReached.REFUSE);
    assertEquals(Optional.empty(), signIn(store, MANY, refuses));
    assertTrue(store.revoke(ADA.id(), handles.get(9), NOW));
    assertTrue(signIn(other, MANY, refuses).isPresent());
    assertEquals(Optional.empty(), signIn(other, MANY, refuses));
    assertTrue(signIn(store, MANY + 1, SessionLimit.of(MANY)).isPresent());
    List<String> left = listed(store);
    assertEquals(MANY, left.size());
    assertFalse(left.contains(handles.get(MANY - 1)), "the oldest");
    assertTrue(left.contains(handles.get(MANY - 2)));
  }

  /** What has ended by itself does not count, though it may be in the files yet. */
  @Test
  void whatHasEndedMakesRoom() {
    signInManyTimes();
    Instant night = SOON.plusSeconds(3600);
    SessionLimit refuses = SessionLimit.of(30).withWhenReached(SessionLimit.WhenReached.REFUSE);
    for (int i = 0; i < 30; i++) {
      WriteOptions options = WriteOptions.at(night, LATER).withLimit(refuses);
      assertTrue(store.create(signedIn(i), Map.of(), options).isPresent(), "session " + i);
    }
    WriteOptions options = WriteOptions.at(night, LATER).withLimit(refuses);
    assertEquals(Optional.empty(), store.create(signedIn(99), Map.of(), options));
    assertEquals(30, store.list(ADA.id(), night).size());
  }

  @Test
  void aSignInWritesAFewOfTheFiles() throws Exception {
    signInManyTimes();
    Map<Path, byte[]> before = indexes();
    signIn(store, MANY, SessionLimit.of(10_000));
    Map<Path, byte[]> after = indexes();
    long written =
        after.entrySet().stream()
            .filter(file -> !Arrays.equals(file.getValue(), before.get(file.getKey())))
            .mapToLong(file -> file.getValue().length)
            .sum();
    assertTrue(written <= 2 * 4096, written + " bytes");
  }

  /** Each page looks at all of it. */
  @Test
  void aLongListLooksAtTheIndexAFewTimes() {
    List<String> handles = new ArrayList<>();
    for (int i = 0; i < 7 * PrincipalIndex.PAGE; i++) {
      handles.add(0, load(signIn(store, i, SessionLimit.NONE).orElseThrow()).handle());
    }
    AtomicInteger pages = new AtomicInteger();
    PrincipalIndex counted =
        (PrincipalIndex)
            Proxy.newProxyInstance(
                PrincipalIndex.class.getClassLoader(),
                new Class<?>[] {PrincipalIndex.class},
                (self, method, arguments) -> {
                  if (method.isDefault()) {
                    return InvocationHandler.invokeDefault(self, method, arguments);
                  }
                  pages.incrementAndGet();
                  return method.invoke(store, arguments);
                });
    assertEquals(handles, counted.list(ADA.id(), NOW).stream().map(SessionInfo::handle).toList());
    assertTrue(pages.get() <= 3, pages + " pages");
  }

  @Test
  void aTouchIsFoundInItsPart() {
    signInManyTimes();
    String token = signIn(store, MANY, SessionLimit.NONE).orElseThrow();
    WriteOptions later = WriteOptions.at(NOW, SOON.plusSeconds(600));
    assertTrue(store.update(load(token), Changes.NONE, later).isStored());
    Instant night = SOON.plusSeconds(300);
    assertEquals(1, other.list(ADA.id(), night).size());
    assertEquals(1, other.revokeAll(ADA.id(), Optional.empty(), night));
  }

  @Test
  void theyComeAlongWhenTheSecretIsChanged() throws Exception {
    List<String> handles = signInManyTimes();
    try (FileSessionStore rotated = open(NEW_KEYS)) {
      assertEquals(handles, listed(rotated));
      String token = signIn(rotated, MANY, SessionLimit.of(MANY)).orElseThrow();
      assertEquals(MANY, listed(rotated).size());
      assertEquals(MANY, rotated.revokeAll(ADA.id(), Optional.empty(), NOW));
      assertEquals(Optional.empty(), Stores.load(rotated, token));
      assertEquals(Set.of(), indexes().keySet());
    }
  }

  /** The number comes first, so a crash in between leaves one that is too high. */
  @Test
  void aCrashBetweenNumberAndEntryIsNoSession() throws Exception {
    signInManyTimes();
    Map<Path, byte[]> before = indexes();
    String token = signIn(store, MANY, SessionLimit.NONE).orElseThrow();
    store.delete(token, Optional.empty(), NOW);
    for (Map.Entry<Path, byte[]> file : before.entrySet()) {
      if (file.getKey().getFileName().toString().length() > 45) {
        Files.write(file.getKey(), file.getValue()); // A part, as it was.
      }
    }
    assertEquals(MANY, listed(store).size());
    SessionLimit refuses =
        SessionLimit.of(MANY + 1).withWhenReached(SessionLimit.WhenReached.REFUSE);
    assertTrue(signIn(store, MANY, refuses).isPresent());
    assertEquals(Optional.empty(), signIn(store, MANY, refuses));
  }

  @Test
  void whatIsLeftOfOtherPartsIsNeverTakenForTheirs() throws Exception {
    signInManyTimes();
    Map<Path, byte[]> parts = indexes();
    assertEquals(MANY, store.revokeAll(ADA.id(), Optional.empty(), NOW));
    for (int i = 0; i < 40; i++) {
      signIn(store, i, SessionLimit.NONE);
    }
    for (Map.Entry<Path, byte[]> file : parts.entrySet()) {
      if (!Files.exists(file.getKey())) {
        Files.write(file.getKey(), file.getValue());
      }
    }
    assertEquals(40, listed(store).size());
    assertEquals(40, store.purge(NOW));
    assertEquals(Set.of(), indexes().keySet());
  }
}
