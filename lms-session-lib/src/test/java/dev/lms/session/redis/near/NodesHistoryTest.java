// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/**
 * G1, G2, G3, G6 and G8 of copies in three processes that are stopped in the middle and go on, are
 * killed, lose connections and answers, and hear late; whose wall clocks are minutes apart and
 * whose monotonic clocks run as differently as a lease allows for. {@link NodeLife} judges.
 */
class NodesHistoryTest {
  private static final int CLIENTS = 6;
  private static final String[] ENDS = {"end", "end-by-token", "revoke", "purge", "sign-in"};

  /** A lease of 0.9 s and a wait of a second allow for a ninth between two nodes. */
  private static final double[][] RATES = {{0.95, 1, 1.05}, {0.9, 1, 0.95}, {1, 1.1, 1.05}};

  private enum Trouble {
    STOP,
    CUT,
    KILL,
    LOSE,
    LATE,
    NONE
  }

  private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
  private final List<ParkingProxy> networks = new ArrayList<>();
  private final List<NearProcess> nodes = new CopyOnWriteArrayList<>();
  private double[] rates = RATES[0];

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void whatHasReturnedHoldsOnNodesThatWereStoppedKilledOrCutOff() throws Exception {
    run(4, Duration.ofMillis(150));
  }

  @Test
  @Tag("long")
  void whatHasReturnedHoldsInManyLives() throws Exception {
    for (double[] each : RATES) {
      rates = each;
      run(Integer.getInteger("history.lives", 150), Duration.ofMillis(600));
    }
  }

  private void run(int lives, Duration each) throws Exception {
    long seed = Long.getLong("history.seed", System.nanoTime());
    try (RedisServer server = RedisServer.start();
        Jedis admin = server.jedis()) {
      for (double rate : rates) {
        networks.add(new ParkingProxy(server.port()));
        nodes.add(NearProcess.start(networks.get(networks.size() - 1).url(), rate));
      }
      for (NearProcess node : nodes) {
        node.awaitReady();
      }
      for (int life = 0; life < lives || !areCopiesUsed(lives, life); life++) {
        live(
            new NodeLife(server.url(), violations),
            new Random(seed + life),
            each,
            Trouble.values()[life % Trouble.values().length],
            // Where something was changed there are no new copies for a while.
            life % Trouble.values().length % 2 == life / Trouble.values().length % 2,
            admin);
      }
      assertEquals(List.of(), List.copyOf(violations), "-Dhistory.seed=" + seed);
    } finally {
      nodes.forEach(NearProcess::close);
      networks.forEach(ParkingProxy::close);
      nodes.clear();
      networks.clear();
    }
  }

  /** A busy machine needs more lives for it. */
  private boolean areCopiesUsed(int lives, int lived) throws Exception {
    long hits = 0;
    long waits = 0;
    for (NearProcess node : nodes) {
      String[] figures = node.ask("figures", "-", 0, 0, 0).get(60, TimeUnit.SECONDS).split(" ", -1);
      hits += Long.parseLong(figures[0]);
      waits += Long.parseLong(figures[1]);
    }
    boolean used = hits > 100L * lives && waits > lives / 2;
    assertTrue(used || lived < 10 * lives, hits + " hits, " + waits + " waits");
    return used;
  }

  private void live(
      NodeLife life, Random random, Duration time, Trouble trouble, boolean isQuiet, Jedis admin)
      throws Exception {
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Random own = new Random(random.nextLong());
      clients.add(threads.submit(() -> act(life, own, isQuiet ? 100_000 : 60)));
    }
    int ill = random.nextInt(nodes.size());
    int well = (ill + 1 + random.nextInt(nodes.size() - 1)) % nodes.size();
    letPass(time, random.nextDouble());
    life.copy(nodes.get(ill), ill);
    begin(trouble, ill, admin, random);
    letPass(time, random.nextDouble());
    if (!isQuiet) {
      life.changeRoles(nodes.get(well), well);
      letPass(time, random.nextDouble());
    }
    for (int i = 0; i < nodes.size(); i++) {
      if (i != ill) {
        life.copy(nodes.get(i), i);
      }
    }
    String how = ENDS[random.nextInt(ENDS.length)];
    int by = trouble == Trouble.STOP || isQuiet ? well : random.nextInt(nodes.size());
    while (!life.end(nodes.get(by), by, how)) {
      how = "revoke"; // It may have been done: until somebody says so.
      by = well;
    }
    List<Future<?>> late = new ArrayList<>();
    for (int i = 0; i < 4 * nodes.size(); i++) {
      int at = i % nodes.size();
      late.add(life.look(nodes.get(at), at, 5));
    }
    over(trouble, ill);
    late.addAll(clients);
    for (Future<?> one : late) {
      one.get(60, TimeUnit.SECONDS);
    }
    // Whoever signed in has another session.
    nodes.get(well).ask("revoke", "-", 0, 0, 0).get(60, TimeUnit.SECONDS);
  }

  private static void letPass(Duration time, double share) {
    LockSupport.parkNanos((long) (time.toNanos() * share));
  }

  private void begin(Trouble trouble, int ill, Jedis admin, Random random) throws Exception {
    switch (trouble) {
      case STOP -> nodes.get(ill).stop();
      case CUT -> admin.sendCommand(Protocol.Command.CLIENT, "KILL", "TYPE", "normal");
      case LATE -> networks.get(ill).delayAnswers(Duration.ofMillis(500 + random.nextInt(400)));
      case KILL -> {
        nodes.get(ill).close();
        nodes.set(ill, NearProcess.start(networks.get(ill).url(), rates[ill]).awaitReady());
      }
      case LOSE -> networks.get(ill).loseAnswers(10, random.nextLong());
      case NONE -> {}
    }
  }

  private void over(Trouble trouble, int ill) throws Exception {
    if (trouble == Trouble.STOP) {
      nodes.get(ill).goOn();
    }
    networks.get(ill).delayAnswers(Duration.ZERO);
    networks.get(ill).loseAnswers(0, 0);
  }

  /** What one client does, until the session has ended and a little longer. */
  private void act(NodeLife life, Random random, int adds) {
    for (int afterwards = 0; afterwards < 3; afterwards += life.hasEnded() ? 1 : 0) {
      int i = random.nextInt(nodes.size());
      Future<?> done;
      if (random.nextInt(adds) == 0) {
        done = life.update(nodes.get(i), i, "add");
      } else if (random.nextInt(30) == 0) {
        done = life.update(nodes.get(i), i, "touch");
      } else {
        done = life.look(nodes.get(i), i, 30);
      }
      try {
        done.get(60, TimeUnit.SECONDS);
      } catch (Exception e) {
        violations.add(e.toString());
        return;
      }
    }
  }
}
