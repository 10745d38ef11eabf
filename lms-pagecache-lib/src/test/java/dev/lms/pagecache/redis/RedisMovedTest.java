// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

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
}
