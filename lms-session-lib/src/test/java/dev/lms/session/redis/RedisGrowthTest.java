// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
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
}
