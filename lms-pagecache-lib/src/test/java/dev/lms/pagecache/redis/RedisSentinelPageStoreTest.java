// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.OwnStoreContract;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/**
 * The contract on the master that a Sentinel names, and a failover at its end. On the oldest Redis,
 * which hands its scripts to a new replica: so a master that took over is not told by its
 * ignorance.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // Only so that the failover comes last.
class RedisSentinelPageStoreTest extends OwnStoreContract {
  private RedisProcess master;
  private RedisProcess replica;
  private RedisProcess sentinel;
  private RedisSentinelClient client;
  private RedisPageStore store;

  @BeforeAll
  void launch(@TempDir Path folder) throws IOException {
    master = RedisProcess.oldest(folder.resolve("master"));
    replica =
        RedisProcess.oldest(
            folder.resolve("replica"),
            "--replicaof",
            "127.0.0.1",
            Integer.toString(master.port()),
            "--repl-diskless-sync-delay",
            "0",
            "--rdb-del-sync-files", // So that whoever is started again gets everything anew.
            "yes");
    Path configuration = folder.resolve("sentinel.conf");
    Files.writeString(
        configuration,
        "sentinel monitor pages 127.0.0.1 %d 1\nsentinel down-after-milliseconds pages 3000\n"
            .formatted(master.port()));
    sentinel =
        RedisProcess.oldest(folder.resolve("sentinel"), configuration.toString(), "--sentinel");
    follows();
    RedisProcess.await("the Sentinel knows it", () -> known().equals("1"));
  }

  private void follows() {
    RedisProcess.await(
        "the replica follows",
        () -> replica.info("replication", "master_link_status").equals("up"));
  }

  private String known() {
    try (Jedis asked = sentinel.admin()) {
      return String.valueOf(asked.sentinelMaster("pages").get("num-slaves"));
    }
  }

  private RedisSentinelClient open() {
    return RedisSentinelClient.builder()
        .masterName("pages")
        .sentinels(Set.of(sentinel.address()))
        .clientConfig(RedisProcess.patience())
        .poolConfig(RedisProcess.pool())
        .build();
  }

  private RedisPageStore node(RedisSentinelClient through) {
    return new RedisPageStore(
        through, RedisPageStore.DEFAULT_PREFIX, clock, Duration.ofMillis(20), System::nanoTime);
  }

  @BeforeEach
  void begin() {
    client = open();
    client.flushAll();
    store = node(client);
  }

  @AfterEach
  void end() {
    client.close();
  }

  @AfterAll
  void stop() {
    sentinel.close();
    replica.close();
    master.close();
  }

  @Override
  protected PageStore store() {
    return store;
  }

  private void replicated() {
    long all = Long.parseLong(master.info("replication", "master_repl_offset"));
    RedisProcess.await(
        "the replica has everything",
        () -> Long.parseLong(replica.info("replication", "slave_repl_offset")) >= all);
  }

  /** P1 holds although the purge is lost: with it goes every page that it should have ended. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aFailoverThatLosesAPurgeLosesThePagesToo() throws IOException {
    PageKey key = key("/a");
    miss(key);
    replica.kill();
    replica.start(); // Now it has the script.
    follows();
    assertTrue(put(key, "old", miss(key), "t"));
    hit(key);
    replicated();
    replica.pause();
    try (Jedis admin = master.admin()) {
      // Or the network would still deliver what follows.
      admin.clientKill(ClientKillParams.clientKillParams().type(ClientType.REPLICA));
    }
    store.purge(List.of("t"));
    master.kill();
    replica.resume();
    assertFalse(purges(store) && !isMaster(replica), "nobody is there");
    RedisProcess.await("the replica takes over", () -> isMaster(replica));
    try (Jedis heir = replica.admin()) {
      assertTrue(heir.keys("*").stream().anyMatch(name -> name.contains("/a")), "it has the page");
    }
    // A process that has just started knows of no purge that it could miss.
    try (RedisSentinelClient others = open()) {
      PageStore fresh = node(others);
      RedisProcess.await("the new master serves", () -> serves(fresh));
      assertInstanceOf(PageStore.Miss.class, fresh.lookup(key, Stamp.NONE));
    }
    RedisProcess.await("for those who were there, too", () -> serves(store));
    Stamp stamp = miss(key);
    assertTrue(put(key, "new", stamp, "t"));
    assertEquals("new", hit(key).html());
    store.purge(List.of("t"));
    assertNotEquals(stamp, miss(key));
  }

  private static boolean isMaster(RedisProcess asked) {
    return asked.info("replication", "role").equals("master");
  }

  private static boolean purges(PageStore asked) {
    try {
      asked.purge(List.of("other"));
      return true;
    } catch (PageStoreException e) {
      return false;
    }
  }

  private static boolean serves(PageStore asked) {
    try {
      asked.lookup(key("/none"), Stamp.NONE);
      return true;
    } catch (PageStoreException e) {
      return false;
    }
  }
}
