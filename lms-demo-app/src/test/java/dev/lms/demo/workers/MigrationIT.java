// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionStore;
import dev.lms.session.WriteOptions;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.jdbc.JdbcSessionStore;
import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.jdbc.TestPool;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

/** Sessions move to another store while two workers serve people. */
class MigrationIT {
  private static final String SECRET = "a secret of this test alone, long enough 01";
  private static final String PASSWORD = "hunter2-is-secret";
  private static final KeyRing KEYS = KeyRing.of(SECRET);
  private static final KeyRing OTHER_KEYS = KeyRing.of("a secret of nobody here, long enough 02");
  private static final int CROWD = 1_500;

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final StringBuilder said = new StringBuilder();
  private RedisServer redis;
  private UnifiedJedis client;
  private String site;
  private TestPool database;

  @BeforeEach
  void start() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    redis = RedisServer.start();
    client = RedisConnections.open(redis.url(), 2);
    site = PostgresServer.shared().newSite();
    database = new TestPool(site.replaceFirst("^(.*//)(.*)@(.*)$", "jdbc:$1$3?user=$2"), 4);
    environment.put("SECRET_KEY", SECRET);
    environment.put("LMS_DATA_DIR", folder.resolve("data").toString());
    environment.put("LMS_DEBUG_ENDPOINTS", "1");
  }

  @AfterEach
  void stop() {
    database.close();
    client.close();
    redis.close();
  }

  private Path files() {
    return folder.resolve("sessions");
  }

  private String filesUrl() {
    return "file:" + files();
  }

  /** With a password that this server takes like any other. */
  private String redisUrl() {
    return redis.url().replace("redis://", "redis://default:" + PASSWORD + "@");
  }

  private SessionStore inFiles(KeyRing keys) {
    return FileSessionStore.open(files(), keys);
  }

  /** With a password that this server does not ask for. */
  private String databaseUrl() {
    return site.replaceFirst("@", ":" + PASSWORD + "@");
  }

  private SessionStore inDatabase(KeyRing keys) {
    return JdbcSessionStore.builder(database, keys).withPatience(TestPool.BUSY_MACHINE).build();
  }

  private SessionStore inRedis(KeyRing keys) {
    return new RedisSessionStore(client, keys, "session:");
  }

  @Test
  void everybodyStaysSignedInAndNobodyComesBack() throws Exception {
    environment.put("SESSION_REDIS_URL", redisUrl());
    environment.put("SESSION_MIGRATE_FROM", filesUrl());
    migrate(filesUrl(), redisUrl(), this::inFiles, this::inRedis);
  }

  @Test
  @Tag("long")
  void theOtherWayTheyDoSoToo() throws Exception {
    environment.put("SESSION_STORE", "file");
    environment.put("SESSION_FILE_DIR", files().toString());
    environment.put("SESSION_MIGRATE_FROM", redisUrl());
    migrate(redisUrl(), filesUrl(), this::inRedis, this::inFiles);
  }

  @Test
  void toADatabaseTheyDoSoToo() throws Exception {
    environment.put("SESSION_STORE", "jdbc");
    environment.put("DATABASE_URL", databaseUrl());
    environment.put("SESSION_MIGRATE_FROM", filesUrl());
    migrate(filesUrl(), databaseUrl(), this::inFiles, this::inDatabase);
  }

  @Test
  @Tag("long")
  void outOfADatabaseTheyDoSoToo() throws Exception {
    environment.put("SESSION_REDIS_URL", redisUrl());
    environment.put("SESSION_MIGRATE_FROM", databaseUrl());
    migrate(databaseUrl(), redisUrl(), this::inDatabase, this::inRedis);
  }

  @Test
  void aLookAtADatabaseMakesNoTablesInIt() throws Exception {
    inFiles(KEYS).close();
    WorkerProcess.Finished dry =
        lmsctl("session", "migrate", "--from", filesUrl(), "--to", databaseUrl(), "--dry-run");
    assertEquals(0, dry.exitCode(), dry.errors());
    try (Connection connection = database.getConnection();
        ResultSet tables = connection.getMetaData().getTables(null, null, "lms_%", null)) {
      assertFalse(tables.next());
    }
    String nobody =
        "postgresql://u:" + PASSWORD + "@127.0.0.1:" + WorkerProcess.freePorts(1) + "/d";
    WorkerProcess.Finished nobodyThere =
        lmsctl("session", "migrate", "--from", filesUrl(), "--to", nobody, "--dry-run");
    assertEquals(1, nobodyThere.exitCode());
    assertEquals(1, nobodyThere.errors().lines().count(), nobodyThere.errors());
    assertFalse(said.toString().contains(PASSWORD), said.toString());
  }

  private WorkerProcess.Finished lmsctl(String... command) {
    WorkerProcess.Finished finished = WorkerProcess.run(environment, command);
    said.append(finished.output()).append(finished.errors());
    return finished;
  }

  private void migrate(
      String from,
      String to,
      Function<KeyRing, SessionStore> oldStore,
      Function<KeyRing, SessionStore> nextStore)
      throws Exception {
    try (SessionStore old = oldStore.apply(KEYS);
        SessionStore next = nextStore.apply(KEYS);
        SessionStore foreign = oldStore.apply(OTHER_KEYS)) {
      migrate(from, to, old, next, foreign);
    }
  }

  private void migrate(
      String from, String to, SessionStore old, SessionStore next, SessionStore foreign)
      throws Exception {
    Instant now = Instant.now();
    Instant deadline = Instant.ofEpochMilli(now.plusSeconds(3_000).toEpochMilli());
    Envelope stranger =
        new Envelope(now, Optional.empty(), now.plus(Duration.ofDays(1)), Optional.empty());
    List<String> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      Map<String, String> attributes = Map.of("n", "" + i);
      crowd.add(old.create(stranger, attributes, WriteOptions.at(now, deadline)).orElseThrow());
    }
    // Nobody with our keys can read it.
    foreign.create(stranger, Map.of(), WriteOptions.at(now, deadline));
    try (WorkerProcess one = WorkerProcess.serve(environment);
        WorkerProcess two = WorkerProcess.serve(environment);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Browser> people = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        Browser person = new Browser(one.uri("/"));
        assertEquals(303, person.signIn("student" + i).status());
        people.add(person);
      }
      assertEquals(CROWD + 4, ((PrincipalIndex) old).stats(now).live());

      WorkerProcess.Finished dry =
          lmsctl("session", "migrate", "--from", from, "--to", to, "--dry-run");
      assertEquals(0, dry.exitCode(), dry.errors());
      assertTrue(dry.output().contains("Would move " + (CROWD + 4) + " sessions"), dry.output());
      assertTrue(dry.output().contains("1 in the place of sessions"), dry.output());
      assertEquals(0, ((PrincipalIndex) next).stats(now).live());

      AtomicBoolean end = new AtomicBoolean();
      List<Future<Integer>> counted = new ArrayList<>();
      for (Browser person : people.subList(0, 2)) {
        counted.add(threads.submit(() -> count(person, person.on(two.uri("/")), end)));
      }
      killInTheMiddle(from, to);
      Browser gone = people.get(2);
      Browser thief = gone.copy();
      assertEquals(303, gone.on(two.uri("/")).signOut().status());
      Browser revoked = people.get(3);
      assertEquals(0, lmsctl("session", "revoke", "--user", "student4", "--yes").exitCode());

      WorkerProcess.Finished moved = lmsctl("session", "migrate", "--from", from, "--to", to);
      assertEquals(0, moved.exitCode(), moved.errors());
      assertTrue(moved.output().contains("none is left in the old one"), moved.output());
      assertTrue(moved.output().contains("2 workers serve from both stores"), moved.output());
      end.set(true);
      for (int i = 0; i < 2; i++) {
        int acknowledged = counted.get(i).get(60, TimeUnit.SECONDS);
        assertTrue(acknowledged > 0);
        for (WorkerProcess worker : List.of(one, two)) {
          JsonObject session = session(people.get(i).on(worker.uri("/")));
          assertTrue(session.get("authenticated").getAsBoolean());
          JsonObject data = session.getAsJsonObject("session_data");
          assertEquals(acknowledged, data.get("n").getAsInt());
        }
      }
      for (WorkerProcess worker : List.of(one, two)) {
        for (Browser person : List.of(thief, revoked)) {
          assertFalse(session(person.on(worker.uri("/"))).get("authenticated").getAsBoolean());
        }
      }
      for (int i = 0; i < CROWD; i++) {
        Opened opened = next.open(crowd.get(i), now);
        assertTrue(opened instanceof Opened.Live, "session " + i);
        if (opened instanceof Opened.Live live) {
          assertEquals("" + i, live.session().attributes().get("n"));
          assertEquals(deadline, live.session().deadline());
        }
      }
      said.append(one.output()).append(two.output());
    }
    WorkerProcess.Finished nobodyThere =
        lmsctl("session", "migrate", "--from", from, "--to", unreachable());
    assertEquals(1, nobodyThere.exitCode());
    assertEquals(1, nobodyThere.errors().lines().count(), nobodyThere.errors());
    assertFalse(said.toString().contains(PASSWORD), said.toString());
  }

  private static String unreachable() {
    return "redis://default:" + PASSWORD + "@127.0.0.1:" + WorkerProcess.freePorts(1);
  }

  /** Counts on both workers until the end; how often it was acknowledged. */
  private static int count(Browser onOne, Browser onTwo, AtomicBoolean end) {
    int stored = 0;
    for (int i = 0; !end.get(); i++) {
      Browser.Answer answer =
          (i % 2 == 0 ? onOne : onTwo).post("/debug/session/add", Map.of("key", "n", "delta", "1"));
      assertEquals(200, answer.status(), answer.body());
      assertTrue(answer.body().contains("stored"), answer.body());
      stored++;
    }
    return stored;
  }

  private void killInTheMiddle(String from, String to) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-jar",
                Path.of("target", "lms-demo-app.jar").toAbsolutePath().toString(),
                "session",
                "migrate",
                "--from",
                from,
                "--to",
                to)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("LMS_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.append(line).append('\n');
        if (line.contains("/s, ")) {
          break;
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertEquals(137, process.waitFor(), said.toString());
  }

  private static JsonObject session(Browser browser) {
    return JsonParser.parseString(browser.get("/debug/session").body()).getAsJsonObject();
  }
}
