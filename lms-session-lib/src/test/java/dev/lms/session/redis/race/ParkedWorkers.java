// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.race;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.SessionInfo;
import dev.lms.session.SessionLimit;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.UnifiedJedis;

/** Two workers on one Redis, of which one is parked before each of its commands in turn. */
abstract class ParkedWorkers {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Instant SOON = NOW.plusSeconds(1800);
  static final Instant FAR = SOON.plusSeconds(600);
  static final Instant LATER = NOW.plus(Duration.ofDays(7));
  static final Duration GRACE = Duration.ofSeconds(10);
  static final Principal ADA = new Principal("ada", Set.of("student"));
  static final Envelope PERSON = new Envelope(NOW, Optional.of(NOW), LATER, Optional.of(ADA));
  static final Envelope STRANGER = new Envelope(NOW, Optional.empty(), LATER, Optional.empty());
  static final SessionLimit FIVE =
      SessionLimit.of(5).withWhenReached(SessionLimit.WhenReached.REFUSE);

  /** More than any operation here sends. */
  static final int MOST_COMMANDS = 20;

  static RedisServer server;
  final ExecutorService threads = Executors.newCachedThreadPool();
  ParkingProxy proxy;
  UnifiedJedis slowClient;
  UnifiedJedis quickClient;
  SessionStore slow;
  SessionStore quick;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  @BeforeEach
  void connect() throws Exception {
    proxy = new ParkingProxy(server.port());
    slowClient = RedisConnections.open(proxy.url(), 1);
    quickClient = RedisConnections.open(server.url(), 4);
    slow = new RedisSessionStore(slowClient, KEYS, "session:");
    quick = new RedisSessionStore(quickClient, KEYS, "session:");
    // Scripts are known from here on, so that every run sends the same commands.
    StoredSession warm =
        load(quick.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow());
    slow.update(warm, Changes.NONE, WriteOptions.at(NOW, FAR)).token();
    slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON));
    slow.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON).withLimit(FIVE));
    revokeAll(slow);
  }

  @AfterEach
  void disconnect() {
    slowClient.close();
    quickClient.close();
    proxy.close();
    threads.shutdownNow();
  }

  StoredSession load(String token) {
    return Stores.load(quick, token).orElseThrow();
  }

  String handle(String token) {
    return load(token).handle();
  }

  boolean lives(String token) {
    return Stores.load(quick, token).isPresent();
  }

  static String signIn(SessionStore store) {
    return store.create(PERSON, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
  }

  static int revokeAll(SessionStore store) {
    return Stores.index(store).revokeAll(ADA.id(), Optional.empty(), NOW);
  }

  List<String> listed() {
    return Stores.index(quick).list(ADA.id(), NOW).stream().map(SessionInfo::handle).toList();
  }

  void nothingLivesUnlisted(String token) {
    Stores.load(quick, token)
        .ifPresent(session -> assertTrue(listed().contains(session.handle()), "lost to the index"));
  }

  interface Action {
    String run();
  }

  interface Case {
    /** Prepares and answers what the slow worker does. */
    Action prepare();
  }

  interface Check {
    /** What the slow worker's action answered; empty while it is still parked. */
    void after(Optional<String> answer);
  }

  /**
   * Runs a case once for every command it sends, parked before it, with all of {@code meanwhile} in
   * that moment.
   */
  void parkedEverywhere(Case slowly, Runnable meanwhile, Check check) throws Exception {
    int parked = 0;
    boolean reached = true;
    for (int commands = 0; reached; commands++) {
      assertTrue(commands < MOST_COMMANDS, "it never ends");
      revokeAll(quick);
      Action action = slowly.prepare();
      ParkingProxy.Stop stop = proxy.stopAfter(commands);
      Future<String> running = threads.submit(action::run);
      reached = stop.isReachedBefore(running);
      if (reached) {
        parked++;
        meanwhile.run();
        check.after(Optional.empty());
      }
      stop.release();
      check.after(Optional.of(running.get(60, TimeUnit.SECONDS)));
    }
    assertTrue(parked > 0, "it sent nothing");
  }
}
