// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.workers.SessionHistoryRun.Ages;
import dev.lms.session.jdbc.PostgresProxy;
import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.redis.server.ParkingProxy;
import dev.lms.session.redis.server.RedisServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * G1, G2, G3 and G6 in random histories: many clients, three workers that are stopped, continued
 * and killed meanwhile, and a judge who knows what a session may look like. On a bad network
 * answers of Redis or of the database are lost: what is told as done was done once, and is not
 * undone by a repeat.
 */
class SessionHistoryIT {
  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "POSTGRES"})
  void everyHistoryHasAnExplanation(Backend.Kind kind) throws Exception {
    new SessionHistoryRun(kind, 8, 300, Ages.OLD, Seed.next()).judge();
  }

  @Test
  void everyHistoryOnABadNetworkHasAnExplanation() throws Exception {
    onABadNetwork(350);
  }

  private static void onABadNetwork(int operations) throws Exception {
    long seed = Seed.next();
    try (RedisServer redis = RedisServer.start();
        ParkingProxy network = new ParkingProxy(redis.port())) {
      SessionHistoryRun run =
          new SessionHistoryRun(Backend.Kind.REDIS, 12, operations, Ages.OLD, seed);
      run.judge(Map.of("SESSION_REDIS_URL", network.url()), () -> network.loseAnswers(25, seed));
      assertTrue(network.losses() > operations / 50, "only " + network.losses() + " were lost");
    }
  }

  private static void onABadNetworkToTheDatabase(int operations) throws Exception {
    long seed = Seed.next();
    PostgresServer server = PostgresServer.shared();
    try (PostgresProxy network = new PostgresProxy(server.port())) {
      SessionHistoryRun run =
          new SessionHistoryRun(Backend.Kind.POSTGRES, 12, operations, Ages.OLD, seed);
      String site = server.newSite().replace(":" + server.port(), ":" + network.port());
      run.judge(Map.of("DATABASE_URL", site), () -> network.loseAnswers(60, seed));
      assertTrue(network.losses() > operations / 100, "only " + network.losses() + " were lost");
    }
  }

  @Test
  @Tag("long")
  void everyHistoryOnABadNetworkToTheDatabaseHasAnExplanation() throws Exception {
    for (int round = 0; round < 10; round++) {
      onABadNetworkToTheDatabase(3000);
    }
  }

  @Test
  @Tag("long")
  void everyLongHistoryOnABadNetworkHasAnExplanation() throws Exception {
    for (int round = 0; round < 10; round++) {
      onABadNetwork(3000);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE", "POSTGRES", "SQLITE"})
  @Tag("long")
  void everyLongHistoryHasAnExplanation(Backend.Kind kind) throws Exception {
    for (int round = 0; round < 10; round++) {
      new SessionHistoryRun(kind, 60, 3000, Ages.OLD, Seed.next()).judge();
      new SessionHistoryRun(kind, 60, 3000, Ages.SHORT, Seed.next()).judge();
    }
  }
}
