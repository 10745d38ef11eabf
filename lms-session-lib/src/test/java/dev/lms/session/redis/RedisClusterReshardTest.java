// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.contract.Stores;
import dev.lms.session.redis.server.RedisBinary;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.MigrateParams;

/**
 * G12: the slots of all sessions and indexes move from node to node, key by key, while clients
 * count, rotate, end and begin sessions.
 */
class RedisClusterReshardTest {
  private static final int CLIENTS = 4;
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant SOON = NOW.plusSeconds(1800);
  private static final Envelope STRANGER =
      new Envelope(NOW, Optional.empty(), NOW.plus(Duration.ofDays(7)), Optional.empty());

  @Test
  void slotsThatMoveCostNoUpdateAndNoError() throws Exception {
    reshard(RedisBinary.V6_2, 1, false);
  }

  @Test
  void nothingIsDoneTwiceWhenConnectionsBreakAsWell() throws Exception {
    reshard(RedisBinary.V7_OR_NEWER, 1, true);
  }

  /** The one command that names two keys, which neither node has both of. */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void aRotationInASlotThatIsMovingIsTriedAgainAndThenSaidToBe(RedisBinary binary)
      throws Exception {
    try (RedisCluster cluster = RedisCluster.start(binary);
        UnifiedJedis client = RedisConnections.open(cluster.url(), 4);
        Mover mover = new Mover(cluster, false, new Random(1))) {
      SessionStore store = new RedisSessionStore(client, CountingClients.KEYS, "session:");
      String token =
          store.create(STRANGER, Map.of("a", "1"), WriteOptions.at(NOW, SOON)).orElseThrow();
      StoredSession session = Stores.load(store, token).orElseThrow();
      int slot = CountingClients.slot(token);
      mover.open(slot);
      for (String where : List.of("before", "after")) {
        RedisCluster.await(
            "it was tried again",
            () -> {
              long before = mover.answers("TRYAGAIN");
              SessionStoreException e =
                  assertThrows(
                      SessionStoreException.class,
                      () ->
                          store.rotate(
                              session, STRANGER, Changes.NONE, WriteOptions.at(NOW, SOON)));
              assertTrue(String.valueOf(e.getMessage()).contains("Try again"), e.getMessage());
              return mover.answers("TRYAGAIN") - before > 1;
            });
        Changes one = new Changes(Map.of(), Set.of(), Map.of("n", 1L));
        assertTrue(
            store.update(session, one, WriteOptions.at(NOW, SOON)).token().isPresent(), where);
        mover.migrate(slot);
      }
      mover.close(slot);
      String next =
          store
              .rotate(session, STRANGER, Changes.NONE, WriteOptions.at(NOW, SOON))
              .token()
              .orElseThrow();
      assertEquals(
          Map.of("a", "1", "n", "2"),
          Stores.load(store, next).orElseThrow().attributes(),
          "nothing half");
      assertEquals(Optional.empty(), Stores.load(store, token));
    }
  }

  @Test
  void whoMeetsNodesThatDisagreeIsToldTheRemedy() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(RedisBinary.V6_2);
        UnifiedJedis client = RedisConnections.open(cluster.url(), 4);
        Mover mover = new Mover(cluster, false, new Random(1))) {
      SessionStore store = new RedisSessionStore(client, CountingClients.KEYS, "session:");
      String token = store.create(STRANGER, Map.of(), WriteOptions.at(NOW, SOON)).orElseThrow();
      store.delete(token, Optional.empty(), NOW);
      mover.disown(CountingClients.slot(token));
      SessionStoreException e =
          assertThrows(SessionStoreException.class, () -> Stores.load(store, token));
      assertTrue(String.valueOf(e.getMessage()).contains("--cluster fix"), e.getMessage());
    }
  }

  /** Scripts that take everything out of a key could not write it any more. */
  @Test
  void signInsAndRevocationsWorkInSlotsThatAreMoving() throws Exception {
    try (RedisCluster cluster = RedisCluster.start(RedisBinary.V7_OR_NEWER);
        UnifiedJedis client = RedisConnections.open(cluster.url(), 4);
        Mover mover = new Mover(cluster, false, new Random(1))) {
      SessionStore store = new RedisSessionStore(client, CountingClients.KEYS, "session:");
      Principal ada = new Principal("ada", Set.of());
      Instant later = NOW.plus(Duration.ofDays(7));
      Envelope person = new Envelope(NOW, Optional.of(NOW), later, Optional.of(ada));
      store.create(person, Map.of(), WriteOptions.at(NOW, SOON));
      mover.open(CountingClients.indexSlot(ada.id()));
      Instant tomorrow = NOW.plus(Duration.ofDays(1));
      String token =
          store
              .create(person, Map.of(), WriteOptions.at(tomorrow, tomorrow.plusSeconds(60)))
              .orElseThrow();
      mover.migrate(CountingClients.indexSlot(ada.id()));
      mover.close(CountingClients.indexSlot(ada.id()));
      assertEquals(1, Stores.index(store).list(ada.id(), tomorrow).size());
      mover.open(CountingClients.slot(token));
      String handle = Stores.load(store, token).orElseThrow().handle();
      assertTrue(Stores.index(store).revoke(ada.id(), handle, tomorrow));
      assertEquals(Optional.empty(), Stores.load(store, token));
      assertEquals(0, Stores.index(store).list(ada.id(), tomorrow).size());
    }
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_OR_NEWER"})
  void slotsThatMoveForLong(RedisBinary binary) throws Exception {
    reshard(binary, 10, false);
    reshard(binary, 10, true);
  }

  private static void reshard(RedisBinary binary, int rounds, boolean breaks) throws Exception {
    long seed = System.nanoTime();
    try (RedisCluster cluster = RedisCluster.start(binary);
        UnifiedJedis client = RedisConnections.open(cluster.url(), 16);
        Mover mover = new Mover(cluster, breaks, new Random(seed));
        CountingClients clients =
            new CountingClients(
                new RedisSessionStore(client, CountingClients.KEYS, "session:"),
                CLIENTS,
                false,
                seed)) {
      for (int round = 0; round < rounds; round++) {
        String where = "seed " + seed + ", round " + round;
        clients.start();
        for (int slot : clients.slots()) {
          mover.move(slot, clients);
        }
        clients.stop();
        clients.check(false, where);
        if (!breaks) {
          // The slot was open for longer than a client waits. To try again is what it is told.
          clients
              .failures()
              .forEach(
                  text -> assertTrue(text.contains("Try again in a moment"), where + ": " + text));
        }
      }
      assertTrue(mover.answers("ASK") > 0, "slots that were open");
      // Whose connection broke asks who has the slots, and need not be told.
      assertTrue(breaks || mover.answers("MOVED") > 0, "slots that had moved");
    }
  }

  /** Does what {@code redis-cli --cluster reshard} does, with a rest between any two steps. */
  private static final class Mover implements AutoCloseable {
    private final List<RedisServer> servers;
    private final List<Jedis> admins = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final Map<Integer, Integer> owners = new HashMap<>();
    private final boolean breaks;
    private final Random random;
    private int from;
    private int to;

    Mover(RedisCluster cluster, boolean breaks, Random random) {
      this.servers = cluster.nodes();
      this.breaks = breaks;
      this.random = random;
      for (RedisServer server : servers) {
        Jedis admin = server.jedis();
        admins.add(admin);
        ids.add(admin.clusterMyId());
      }
    }

    void move(int slot, CountingClients clients) {
      open(slot);
      rest(clients);
      migrate(slot);
      rest(clients);
      close(slot);
      rest(clients);
    }

    void open(int slot) {
      from = owners.getOrDefault(slot, RedisCluster.masterOf(slot));
      // Redis 6.2 tells of a slot it was given only with its next ping. Whoever heard of that only
      // after this move would believe the giver's older claim to this slot, and for good.
      RedisCluster.await("all nodes know what the giver was given", this::isGiverKnown);
      to = (from + 1 + random.nextInt(servers.size() - 1)) % servers.size();
      admins.get(to).clusterSetSlotImporting(slot, ids.get(from));
      admins.get(from).clusterSetSlotMigrating(slot, ids.get(to));
    }

    private boolean isGiverKnown() {
      return admins.stream().map(admin -> epoch(admin, ids.get(from))).distinct().count() == 1;
    }

    /** How new that node believes the claims of the other to be. */
    private static String epoch(Jedis admin, String id) {
      return admin
          .clusterNodes()
          .lines()
          .filter(line -> line.startsWith(id))
          .map(line -> line.split(" ", -1)[6])
          .findFirst()
          .orElseThrow();
    }

    void migrate(int slot) {
      Jedis source = admins.get(from);
      List<String> keys = source.clusterGetKeysInSlot(slot, 1);
      while (!keys.isEmpty()) {
        source.migrate(
            "127.0.0.1",
            servers.get(to).port(),
            20_000,
            MigrateParams.migrateParams(),
            keys.toArray(String[]::new));
        keys = source.clusterGetKeysInSlot(slot, 1);
      }
    }

    void close(int slot) {
      for (int node : new int[] {to, from, 3 - from - to}) {
        admins.get(node).clusterSetSlotNode(slot, ids.get(to));
      }
      owners.put(slot, to);
    }

    /** Two nodes say of the slot, which must be empty, that the other has it. */
    void disown(int slot) {
      from = RedisCluster.masterOf(slot);
      to = (from + 1) % servers.size();
      admins.get(from).clusterSetSlotNode(slot, ids.get(to));
      admins.get(to).clusterSetSlotNode(slot, ids.get(from));
    }

    private void rest(CountingClients clients) {
      clients.awaitSteps(5);
      if (breaks) {
        admins
            .get(random.nextInt(admins.size()))
            .clientKill(ClientKillParams.clientKillParams().type(ClientType.NORMAL));
      }
    }

    /** How often the nodes have answered with that error. */
    long answers(String error) {
      return admins.stream()
          .flatMap(admin -> admin.info("errorstats").lines())
          .filter(line -> line.startsWith("errorstat_" + error + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll(".*count=(\\d+).*", "$1").strip()))
          .sum();
    }

    @Override
    public void close() {
      admins.forEach(Jedis::close);
    }
  }
}
