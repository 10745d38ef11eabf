// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.ChildJvm;
import dev.lms.session.CrashWriter;
import dev.lms.session.SessionStore;
import dev.lms.session.WorkerCrashTest;
import dev.lms.session.redis.server.RedisServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** Workers on one Redis, killed in the middle of writing. */
class RedisWorkerCrashTest extends WorkerCrashTest {
  private RedisServer server;
  private UnifiedJedis client;
  private Jedis admin;

  @BeforeEach
  void startRedis() {
    server = RedisServer.start();
    client = RedisConnections.open(server.url(), 4);
    admin = server.jedis();
  }

  @AfterEach
  void stopRedis() {
    admin.close();
    client.close();
    server.close();
  }

  @Test
  void nothingAcknowledgedIsLostByTenKills() throws Exception {
    killWriters(10);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByTwoHundredKills() throws Exception {
    // Emptied now and then: every round looks at all that the ones before it left.
    for (int i = 0; i < 10; i++) {
      killWriters(20);
      admin.flushAll();
    }
  }

  @Override
  protected SessionStore open() {
    return new RedisSessionStore(client, CrashWriter.KEYS, CrashWriter.PREFIX);
  }

  @Override
  protected List<String> writer(String... arguments) {
    return ChildJvm.command(
        List.of(),
        List.of(UnifiedJedis.class, GenericObjectPool.class, Logger.class),
        CrashWriter.class,
        CrashWriter.arguments(server.url(), arguments));
  }

  @Override
  protected Map<String, List<Map<String, String>>> scan() {
    Map<String, List<Map<String, String>>> found = new HashMap<>();
    for (String key : admin.keys(CrashWriter.PREFIX + "{*")) {
      RedisValue value = client.executeCommand(RedisValue.read(key));
      assertNotEquals(RedisValue.None.UNREADABLE, value, key);
      if (value instanceof RedisValue.Found session) {
        Map<String, String> attributes = session.attributes();
        String id = attributes.getOrDefault("id", "?");
        found.computeIfAbsent(id, any -> new ArrayList<>()).add(attributes);
      }
    }
    return found;
  }

  @Override
  protected void checkThatAllIsReadable(SessionStore store) {
    assertEquals(0, ((RedisSessionStore) store).unreadable());
  }

  @Override
  protected void checkThatAllHasADeadline(SessionStore store) {
    for (String key : admin.keys("*")) {
      assertTrue(admin.pttl(key) > 0, key + " never ends");
    }
  }
}
