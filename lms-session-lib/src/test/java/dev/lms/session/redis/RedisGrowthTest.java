// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** What Redis does for one call where there is much already, by its own count of commands. */
class RedisGrowthTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Instant LATER = NOW.plus(Duration.ofDays(7));
  private static final Envelope ADA = signedIn("ada");

  private static RedisServer server;
  private UnifiedJedis client;
  private Jedis admin;
  private SessionStore store;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @BeforeEach
  void connect() {
    client = RedisConnections.open(server.url(), 4);
    admin = server.jedis();
    admin.flushAll();
    store = new RedisSessionStore(client, KEYS, "session:");
  }

  @AfterEach
  void disconnect() {
    client.close();
    admin.close();
  }

  private static Envelope signedIn(String id) {
    return new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(new Principal(id, Set.of())));
  }

  private String signIn(WriteOptions options) {
    return store.create(ADA, Map.of(), options).orElseThrow();
  }

  private String index() {
    return admin.keys("*index:*").iterator().next();
  }

  /** As if this person had so many more sessions, on any version of this library. */
  private void enter(int sessions, Instant deadline) {
    Map<String, String> entries = new HashMap<>();
    for (int i = 0; i < sessions; i++) {
      String handle = "%032x".formatted(deadline.toEpochMilli() * 100_000 + i);
      long now = NOW.toEpochMilli();
      entries.put("{abc}" + handle, deadline.toEpochMilli() + " " + now + " 1 " + handle);
    }
    admin.hset(index(), entries);
  }

  /** How often Redis ran this command meanwhile, in scripts too. */
  private long calls(String command, Runnable task) {
    admin.configResetStat();
    task.run();
    return admin
        .info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_" + command + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .sum();
  }

  @Test
  void aSignInLooksAtAFewOfThousandsOfSessions() {
    signIn(WriteOptions.at(NOW, SOON));
    enter(2000, SOON);
    WriteOptions limited = WriteOptions.at(NOW, SOON).withLimit(SessionLimit.of(2500));
    assertEquals(0, calls("hgetall", () -> signIn(limited)));
    assertEquals(2002, admin.hlen(index()));
    assertEquals(2, Stores.index(store).revokeAll("ada", Optional.empty(), NOW), "both that live");
    assertEquals(Set.of(), admin.keys("*index:*"), "and nothing stays in the index");
  }

  @Test
  void whatHasEndedIsNoMoreThanAShareOfAnIndex() {
    signIn(WriteOptions.at(NOW, LATER));
    enter(200, SOON);
    Instant night = SOON.plusSeconds(120);
    for (int i = 0; i < 150; i++) {
      signIn(WriteOptions.at(night, LATER));
    }
    long entries = admin.hlen(index());
    assertTrue(entries < 151 + 75, entries + " entries of 151 sessions");
  }

  @Test
  void atTheLimitTheOldestEndsHoweverManyThereAre() {
    String first = signIn(WriteOptions.at(NOW, SOON));
    Envelope later = new Envelope(NOW, Optional.of(NOW.plusSeconds(9)), LATER, ADA.principal());
    WriteOptions forty = WriteOptions.at(NOW, SOON).withLimit(SessionLimit.of(40));
    for (int i = 0; i < 39; i++) {
      store.create(later, Map.of(), forty);
    }
    assertTrue(Stores.load(store, first).isPresent(), "forty of forty");
    store.create(later, Map.of(), forty);
    assertEquals(Optional.empty(), Stores.load(store, first));
    assertEquals(40, Stores.index(store).list("ada", NOW).size());
  }

  @Test
  void aPurgeEndsHundredsOfPeopleInAFewRoundTrips() {
    for (int i = 0; i < 400; i++) {
      store.create(signedIn("p" + i), Map.of(), WriteOptions.at(NOW, SOON));
    }
    store.create(ADA, Map.of(), WriteOptions.at(NOW, SOON));
    enter(1200, SOON);
    long before = RedisServer.totalReads(admin);
    assertEquals(401, Stores.index(store).purge(NOW));
    long reads = RedisServer.totalReads(admin) - before;
    assertTrue(reads < 60, reads + " round trips");
    Set<String> marks = admin.keys("*");
    assertEquals(1200, marks.size(), "of what was entered and may be about to be written");
    marks.forEach(key -> assertEquals("revoked", admin.get(key)));
  }

  @Test
  void countingAndListingDoNotReadWhatSessionsHold() {
    for (int i = 0; i < 20; i++) {
      store.create(ADA, Map.of("a", "v".repeat(100_000)), WriteOptions.at(NOW, SOON));
    }
    long before = sentBytes();
    assertEquals(20, Stores.index(store).stats(NOW).signedIn());
    assertEquals(20, Stores.index(store).list("ada", NOW).size());
    assertEquals(20, Stores.index(store).purge(NOW));
    long bytes = sentBytes() - before;
    assertTrue(bytes < 150_000, bytes + " bytes about 2,000,000");
  }

  private long sentBytes() {
    return Long.parseLong(RedisServer.info(admin, "stats", "total_net_output_bytes"));
  }

  private StoredSession large() {
    Map<String, String> attributes = new HashMap<>();
    for (int i = 0; i < 64; i++) {
      attributes.put("attribute" + i, "v".repeat(1000));
    }
    attributes.put("n", "8");
    return load(store.create(ADA, attributes, WriteOptions.at(NOW, SOON)).orElseThrow());
  }

  private StoredSession load(String token) {
    return Stores.load(store, token).orElseThrow();
  }

  private void add(StoredSession session, long by) {
    Changes changes = new Changes(Map.of(), Set.of(), Map.of("n", by));
    assertTrue(store.update(session, changes, WriteOptions.at(NOW, SOON)).isStored());
  }

  @Test
  void aCountDoesNotWriteALargeSessionAgain() {
    StoredSession session = large();
    String key = admin.keys("*" + session.handle()).iterator().next();
    long length = admin.strlen(key);
    long written =
        calls(
            "set",
            () -> {
              for (int i = 0; i < 200; i++) {
                add(session, i % 4 == 3 ? -1 : 2);
              }
            });
    assertEquals(0, written);
    assertEquals("258", load(session.token()).attributes().get("n"));
    assertTrue(admin.strlen(key) < length + 100, "it grows by a digit, not by a count");
    assertEquals(0, calls("get", () -> add(session, 1)), "nor is it read again");
  }

  @Test
  void countsAmongOtherChangesComeToTheSame() {
    StoredSession session = large();
    for (int i = 0; i < 40; i++) {
      Changes set = new Changes(Map.of("x" + i % 5, "w".repeat(900)), Set.of(), Map.of());
      store.update(session, set, WriteOptions.at(NOW, SOON));
      add(session, 100);
    }
    assertEquals("4008", load(session.token()).attributes().get("n"));
    store.update(
        session,
        new Changes(Map.of("n", "70"), Set.of(), Map.of("n", 5L)),
        WriteOptions.at(NOW, SOON.plusSeconds(60)));
    add(session, 1);
    assertEquals("76", load(session.token()).attributes().get("n"));
    assertEquals(SOON.plusSeconds(60), load(session.token()).deadline());
    String key = admin.keys("*" + session.handle()).iterator().next();
    assertTrue(admin.pttl(key) > Duration.between(NOW, SOON).toMillis() + 60_000);
    assertTrue(admin.strlen(key) < 100_000, "written as a whole before it gets long");
  }

  /** Roles are changed in place, which moves what is behind them. */
  @Test
  void whatAVisitorWritesIsTakenForNoCounterWhenRolesWereChanged() {
    String planted = "\0\0\0\1n\0\0\0\0019";
    int unknown = 0;
    for (int length : new int[] {10, 50}) {
      Map<String, String> attributes = new LinkedHashMap<>();
      attributes.put("n", "1");
      attributes.put("z", "v".repeat(400) + planted);
      String text = store.create(ADA, attributes, WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession session = load(text);
      String key = admin.keys("*" + session.handle()).iterator().next();
      long before = admin.strlen(key);
      String role = "r".repeat(length - unknown);
      Stores.index(store).changeRoles("ada", Set.of(role), NOW);
      unknown = (int) (admin.strlen(key) - before) - length;
      add(session, 1);
      assertEquals("2", load(text).attributes().get("n"));
    }
  }
}
