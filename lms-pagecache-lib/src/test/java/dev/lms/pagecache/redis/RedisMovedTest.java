// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** A pool full of connections to a Redis that was restarted, or that is a replica by now. */
class RedisMovedTest {
  private static final int CONNECTIONS = 4;

  private RedisProcess before;
  private RedisProcess after;

  @BeforeEach
  void launch(@TempDir Path folder) throws IOException {
    before = new RedisProcess(Files.createDirectory(folder.resolve("before")));
    after = new RedisProcess(Files.createDirectory(folder.resolve("after")));
  }

  @AfterEach
  void stop() {
    before.close();
    after.close();
  }

  private static RedisPageStore node(RedisClient client) {
    return new RedisPageStore(
        client,
        RedisPageStore.DEFAULT_PREFIX,
        InstantSource.system(),
        Duration.ofMillis(20),
        System::nanoTime);
  }

  private static void fill(RedisClient client) {
    List<Connection> taken = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Connection connection = client.getPool().getResource();
      assertTrue(connection.ping());
      taken.add(connection);
    }
    taken.forEach(Connection::close);
    assertEquals(CONNECTIONS, client.getPool().getNumIdle());
  }

  @Test
  void aRestartWithAPoolFullOfDeadConnectionsIsNoOutage() throws IOException {
    try (RedisClient client = before.client()) {
      RedisPageStore store = node(client);
      fill(client);
      before.kill();
      before.start();
      assertDoesNotThrow(() -> store.purge(List.of("t")));
    }
  }

  /** An address that leads to one server, and later to another. */
  private static final class Address implements AutoCloseable {
    private final ServerSocket listening =
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile int target;

    Address(int target) throws IOException {
      this.target = target;
      threads.execute(this::accept);
    }

    private void accept() {
      while (!listening.isClosed()) {
        try {
          Socket client = listening.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
          threads.execute(() -> pump(client, server));
          threads.execute(() -> pump(server, client));
        } catch (IOException e) {
          return;
        }
      }
    }

    private static void pump(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException e) {
        // One side hung up.
      }
    }

    @Override
    public void close() {
      try {
        listening.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void whatAFormerMasterRefusesIsDoneAtTheNewOne() throws IOException {
    try (Address address = new Address(before.port());
        RedisClient client = RedisProcess.client(address.listening.getLocalPort());
        Jedis old = before.admin();
        Jedis heir = after.admin()) {
      RedisPageStore store = node(client);
      store.purge(List.of("t"));
      fill(client);
      old.replicaof("127.0.0.1", after.port());
      address.target = after.port();
      assertDoesNotThrow(() -> store.purge(List.of("t")));
      assertTrue(heir.exists("cache:{pages}:purges"));
    }
  }

  @Test
  void aReplicaThatStaysOneIsAnOutage() {
    try (RedisClient client = before.client();
        Jedis old = before.admin()) {
      old.replicaof("127.0.0.1", after.port());
      RedisPageStore store = node(client);
      assertThrows(PageStoreException.class, () -> store.purge(List.of("t")));
      old.replicaofNoOne();
      assertDoesNotThrow(() -> store.purge(List.of("t")));
    }
  }

  /** Another cache that asks first must not hide a restart from this one, there neither. */
  @Test
  void aRedisThatTellsNothingOfItselfIsKnownByItsScripts(@TempDir Path folder) throws IOException {
    try (RedisProcess silent =
            RedisProcess.with(
                folder, "--user", "default", "on", "nopass", "~*", "&*", "+@all", "-info");
        RedisClient client = silent.client();
        Jedis admin = silent.admin()) {
      PageKey key = key("/a");
      RedisPageStore store = node(client);
      keep(store, key, "old");
      admin.save();
      store.purge(List.of("t"));
      silent.kill();
      silent.start();
      new RedisPageStore(client, "other:", InstantSource.system()).lookup(key, Stamp.NONE);
      // A process that has just started knows of no purge.
      assertInstanceOf(PageStore.Miss.class, node(client).lookup(key, Stamp.NONE));
    }
  }

  /** As clients do that must not repeat what may have been done; here all may be done twice. */
  @Test
  void aConnectionThatBrokeIsNoOutageThoughItsClientDoesNotTryAgain() {
    try (RedisClient client = before.client()) {
      AtomicInteger calls = new AtomicInteger();
      Object answer =
          FreshConnections.retried(
              client,
              () -> {
                if (calls.incrementAndGet() == 1) {
                  throw new JedisException("wrapped", new JedisConnectionException("broken"));
                }
                return "answer";
              });
      assertEquals("answer", answer);
      assertThrows(
          JedisException.class,
          () ->
              FreshConnections.retried(
                  client,
                  () -> {
                    throw new JedisException(
                        "wrapped",
                        new JedisConnectionException("late", new SocketTimeoutException()));
                  }));
    }
  }

  /** It would answer, but not all that was purged has to have reached it. */
  @Test
  void aReplicaServesNoPages() {
    try (RedisClient client = before.client();
        Jedis old = before.admin()) {
      RedisPageStore store = node(client);
      PageKey key = key("/a");
      keep(store, key, "old");
      old.replicaof("127.0.0.1", after.port());
      assertThrows(PageStoreException.class, () -> store.lookup(key, Stamp.NONE));
    }
  }

  /** It knows the script from when it was in charge before, so that does not give it away. */
  @Test
  void whoTakesOverAgainServesNothingFromBefore() {
    try (RedisClient one = before.client();
        RedisClient other = after.client();
        Jedis first = before.admin();
        Jedis second = after.admin()) {
      PageKey key = key("/a");
      node(one).lookup(key, Stamp.NONE);
      second.replicaof("127.0.0.1", before.port());
      follows(after);
      second.replicaofNoOne();
      RedisPageStore store = node(other);
      keep(store, key, "old");
      first.replicaof("127.0.0.1", after.port());
      follows(before);
      RedisProcess.await("it has the page", () -> first.keys("*}:page:*").size() == 1);
      // The purge is acknowledged, and then its server is gone before it could hand it on.
      first.replicaofNoOne();
      store.purge(List.of("t"));
      assertInstanceOf(PageStore.Miss.class, node(one).lookup(key, Stamp.NONE));
    }
  }

  /** Not a promise but its limit: nobody tells one master what is purged at the other. */
  @Test
  void whileTwoMastersServeEachKnowsItsOwnPurges() {
    try (RedisClient one = before.client();
        RedisClient other = after.client();
        Jedis first = before.admin();
        Jedis second = after.admin()) {
      RedisPageStore atTheOld = node(one);
      PageKey key = key("/a");
      // Its history begins anew with its first replica.
      second.replicaof("127.0.0.1", before.port());
      follows(after);
      keep(atTheOld, key, "old");
      second.replicaofNoOne();
      node(other).purge(List.of("t"));
      assertInstanceOf(
          PageStore.Hit.class,
          atTheOld.lookup(key, Stamp.NONE),
          "the limit that the documentation states");
      first.replicaof("127.0.0.1", after.port());
      assertThrows(PageStoreException.class, () -> atTheOld.lookup(key, Stamp.NONE));
    }
  }

  /**
   * What bounds that limit: a master that has lost the replica it should have may be the old one.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMasterThatIsToHaveReplicasAndHasNoneServesNoPages(boolean oldest, @TempDir Path another)
      throws IOException {
    try (RedisProcess cutOff = oldest ? RedisProcess.oldest(another) : RedisProcess.with(another);
        RedisClient one = cutOff.client();
        RedisClient other = after.client();
        Jedis first = cutOff.admin();
        Jedis second = after.admin()) {
      RedisPageStore atTheOld = node(one);
      PageKey key = key("/a");
      second.replicaof("127.0.0.1", cutOff.port());
      follows(after);
      first.configSet("min-replicas-to-write", "1");
      first.configSet("min-replicas-max-lag", "60");
      RedisProcess.await("it counts its replica", () -> serves(atTheOld));
      keep(atTheOld, key, "old");
      second.replicaofNoOne();
      RedisProcess.await("it has noticed", () -> !serves(atTheOld));
      node(other).purge(List.of("t"));
      assertThrows(PageStoreException.class, () -> atTheOld.lookup(key, Stamp.NONE));
      assertThrows(PageStoreException.class, () -> atTheOld.purge(List.of("t")));
    }
  }

  private static boolean serves(RedisPageStore store) {
    try {
      store.lookup(key("/none"), Stamp.NONE);
      return true;
    } catch (PageStoreException e) {
      return false;
    }
  }

  private static void keep(RedisPageStore store, PageKey key, String text) {
    Stamp stamp = assertInstanceOf(PageStore.Miss.class, store.lookup(key, Stamp.NONE)).stamp();
    assertEquals(
        PageStore.Stored.KEPT, store.store(key, page(key, text, Instant.now(), "t"), stamp));
    assertInstanceOf(PageStore.Hit.class, store.lookup(key, Stamp.NONE));
  }

  private static void follows(RedisProcess replica) {
    RedisProcess.await(
        "the replica follows",
        () -> replica.info("replication", "master_link_status").equals("up"));
  }
}
