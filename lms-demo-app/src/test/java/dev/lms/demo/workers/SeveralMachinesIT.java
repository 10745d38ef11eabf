// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.redis.server.RedisServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that share no folder: one PostgreSQL and one Redis make them one site. */
class SeveralMachinesIT {
  @TempDir Path folder;

  private Map<String, String> machine(
      String name, String database, String sessions, RedisServer redis) {
    Map<String, String> environment = new HashMap<>();
    environment.put("LMS_DATA_DIR", folder.resolve(name).toString());
    environment.put("LMS_DEBUG_ENDPOINTS", "1");
    environment.put("SECRET_KEY", "a secret of two machines, long enough");
    environment.put("DATABASE_URL", database);
    environment.put("SESSION_STORE", sessions);
    environment.put("REDIS_URL", redis.url());
    return environment;
  }

  @Test
  void theyAreOneSite() throws Exception {
    areOneSite("redis");
  }

  @Test
  @Tag("long")
  void theyAreOneSiteWithSessionsInTheDatabaseToo() throws Exception {
    areOneSite("jdbc");
  }

  private void areOneSite(String sessions) throws Exception {
    String database = PostgresServer.shared().newSite();
    try (RedisServer redis = RedisServer.start();
        WorkerProcess one = WorkerProcess.serve(machine("one", database, sessions, redis));
        WorkerProcess two = WorkerProcess.serve(machine("two", database, sessions, redis))) {
      Browser onOne = new Browser(one.uri("/"));
      Browser onTwo = onOne.on(two.uri("/"));
      assertEquals(303, onOne.signIn("instructor").status());
      assertTrue(onTwo.get("/").body().contains("data-testid=\"user-name\""));
      Browser reader = new Browser(two.uri("/"));
      String before = reader.get("/course/web101/view").body();
      assertFalse(before.contains("Quokka keeping"));
      Map<String, String> edit = new HashMap<>(Map.of("title", "Quokka keeping"));
      edit.put("csrf_token", onOne.get("/course/web101/admin").token());
      assertEquals(303, onOne.post("/course/web101/edit", edit).status());
      assertTrue(reader.get("/course/web101/view").body().contains("Quokka keeping"));
      assertTrue(reader.get("/course/explore?q=quokka").body().contains("/course/web101/view"));
      WorkerProcess.Finished revoked =
          WorkerProcess.run(
              machine("two", database, sessions, redis),
              "session",
              "revoke",
              "--user",
              "instructor",
              "--yes");
      assertEquals(0, revoked.exitCode(), revoked.errors());
      assertFalse(onOne.get("/").body().contains("data-testid=\"user-name\""));
    }
  }
}
