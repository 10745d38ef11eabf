// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.WorkerProcess.Finished;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lmsctl cache} beside workers that serve. */
class CacheCommandIT {
  private static final Pattern WARMED =
      Pattern.compile("lms_page_cache_warmed_total\\{result=\"visited\"} (\\d+)\\.0");

  /** A command that finds this worker, and any on the ports after it. */
  private static Finished lmsctl(Backend site, WorkerProcess worker, String... command) {
    Map<String, String> environment = new HashMap<>(site.environment());
    environment.put("LMS_PORT", Integer.toString(worker.port()));
    return WorkerProcess.run(environment, command);
  }

  private static JsonObject json(Finished finished) {
    assertEquals(0, finished.exitCode(), finished.errors());
    return JsonParser.parseString(finished.output()).getAsJsonObject();
  }

  private static String statusOf(WorkerProcess worker, String path) {
    return new Browser(worker.uri("/")).get(path).header("cache-status");
  }

  private static void assertHit(WorkerProcess worker, String path) {
    String status = statusOf(worker, path);
    assertTrue(status.matches("lms; hit; ttl=\\d+; detail=anon"), path + ": " + status);
  }

  /** All that a worker visits when it starts. */
  private static void awaitWarm(WorkerProcess worker) {
    worker.await(
        () -> {
          String metrics = new Browser(worker.uri("/")).get("/metrics").body();
          Matcher visited = WARMED.matcher(metrics);
          return visited.find()
              && Integer.parseInt(visited.group(1)) > 40
              && metrics.contains("lms_page_cache_warming 0.0\n");
        },
        "its hot pages");
  }

  @Test
  void workersWarmThemselvesAndPurgesReachAllOfThem() {
    try (Backend site = warmed(Backend.Kind.FILE)) {
      purgesReachAll(site);
      anEditWarmsWhatItPurged(site);
    }
  }

  @Test
  @Tag("long")
  void workersWarmThemselvesAndPurgesReachAllOfThemByRedis() {
    try (Backend site = warmed(Backend.Kind.REDIS)) {
      purgesReachAll(site);
      anEditWarmsWhatItPurged(site);
    }
  }

  private static Backend warmed(Backend.Kind kind) {
    return new Backend(kind, 2, Map.of("CACHE_WARM", "true"));
  }

  private static void purgesReachAll(Backend site) {
    awaitWarm(site.one());
    awaitWarm(site.two());
    // On a slow machine what was warmed has ended by now.
    assertTrue(statusOf(site.one(), "/course/py101/view").startsWith("lms; "));
    Finished tag = lmsctl(site, site.one(), "cache", "purge", "--tag", "course:py101");
    assertEquals(0, tag.exitCode(), tag.errors());
    assertTrue(tag.output().startsWith("Purged the tag course:py101 on all workers"), tag.output());
    assertTrue(
        tag.output().matches("(?s).*[1-9][0-9]* pages? purged on [1-9] workers?\\R"), tag.output());
    assertTrue(statusOf(site.one(), "/course/py101/view").startsWith("lms; fwd=miss; stored"));
    Finished path = lmsctl(site, site.one(), "cache", "purge", "--path", "/course/py101/view");
    assertEquals(0, path.exitCode(), path.errors());
    assertTrue(statusOf(site.two(), "/course/py101/view").startsWith("lms; fwd=miss; stored"));
    assertHit(site.two(), "/course/py101/view");
    Finished spelled =
        lmsctl(site, site.one(), "cache", "purge", "--path", "/course/%70y101/vie%77");
    assertEquals(0, spelled.exitCode(), spelled.errors());
    assertTrue(
        spelled.output().startsWith("Purged the path /course/py101/view on"), spelled.output());
    assertTrue(statusOf(site.two(), "/course/py101/view").startsWith("lms; fwd=miss; stored"));
    Finished all = lmsctl(site, site.one(), "cache", "purge");
    assertEquals(0, all.exitCode(), all.errors());
    assertTrue(statusOf(site.two(), "/program/explore").startsWith("lms; fwd=miss; stored"));
    Finished warm = lmsctl(site, site.two(), "cache", "warm");
    assertEquals(0, warm.exitCode(), warm.errors());
    assertTrue(warm.output().matches("(?s).*Port \\d+: (\\d+) of \\1 pages\n"), warm.output());
    assertHit(site.two(), "/course/explore");
    String log = site.operatorLog();
    assertTrue(log.contains(" AUDIT pages-purged tag=course:py101 path=- by=lmsctl "), log);
    assertTrue(log.contains(" AUDIT pages-purged tag=- path=/course/py101/view by=lmsctl "), log);
    assertTrue(log.contains(" AUDIT pages-purged tag=- path=- by=lmsctl "), log);
  }

  private static void anEditWarmsWhatItPurged(Backend site) {
    Browser admin = new Browser(site.one().uri("/"));
    assertEquals(303, admin.signIn("lms-admin").status());
    String token = admin.get("/course/py101/admin").token();
    Browser.Answer edit =
        admin.post("/course/py101/edit", Map.of("title", "Warm again", "csrf_token", token));
    assertEquals(303, edit.status());
    Browser stranger = new Browser(site.one().uri("/"));
    site.one()
        .await(
            () -> !stranger.get("/metrics").body().contains("lms_page_cache_warming 1"),
            "the pages it purged");
    assertTrue(stranger.get("/course/py101/view").body().contains("Warm again"));
  }

  @Test
  void statsTellWhatWorkersCounted() {
    Backend site = Backend.shared(Backend.Kind.FILE);
    statusOf(site.one(), "/home");
    JsonObject before = json(lmsctl(site, site.one(), "cache", "stats", "--json"));
    for (int i = 0; i < 5; i++) {
      statusOf(site.one(), "/home");
    }
    JsonObject stats = json(lmsctl(site, site.one(), "cache", "stats", "--json"));
    assertTrue(
        stats.getAsJsonArray("workers").contains(new JsonPrimitive(site.one().port())),
        stats.toString());
    assertEquals(5, homeAnswers(stats) - homeAnswers(before));
    JsonObject home = stats.getAsJsonObject("routes").getAsJsonObject("/home");
    assertTrue(home.getAsJsonObject("anon").get("bytesServed").getAsLong() > 0);
    JsonObject debug =
        JsonParser.parseString(new Browser(site.one().uri("/")).get("/debug/cache").body())
            .getAsJsonObject();
    assertTrue(debug.getAsJsonObject("variants").has("anon"));
    assertEquals(
        home.getAsJsonObject("anon").get("hits"),
        debug
            .getAsJsonObject("routes")
            .getAsJsonObject("/home")
            .getAsJsonObject("anon")
            .get("hits"));
  }

  /** As purge does: two plain serves on any ports, and a command that knows neither. */
  @Test
  void workersAreFoundByTheDataFolder() {
    Backend site = Backend.shared(Backend.Kind.FILE);
    Map<String, String> environment = new HashMap<>(site.environment());
    for (String port : List.of("0", Integer.toString(WorkerProcess.freePorts(1)))) {
      environment.put("LMS_PORT", port);
      JsonArray ports =
          json(WorkerProcess.run(environment, "cache", "stats", "--json"))
              .getAsJsonArray("workers");
      assertTrue(ports.contains(new JsonPrimitive(site.one().port())), ports.toString());
      assertTrue(ports.contains(new JsonPrimitive(site.two().port())), ports.toString());
    }
    Finished table = WorkerProcess.run(environment, "cache", "stats");
    assertTrue(table.output().startsWith("2 workers on ports "), table.output());
  }

  @Test
  void anAdministratorsPurgeIsInTheAuditLog() {
    Backend site = Backend.shared(Backend.Kind.FILE);
    Browser admin = new Browser(site.one().uri("/"));
    assertEquals(303, admin.signIn("lms-admin").status());
    String token = admin.get("/ops").token();
    Map<String, String> form = Map.of("csrf_token", token, "tag", "course:web101", "sure", "yes");
    assertEquals(303, admin.post("/ops/purge", form).status());
    site.one()
        .awaitOutput(" AUDIT pages-purged account=lms-admin address=127.0.0.1 tag=course:web101");
  }

  private static long homeAnswers(JsonObject stats) {
    JsonObject anon =
        stats.getAsJsonObject("routes").getAsJsonObject("/home").getAsJsonObject("anon");
    return anon.get("hits").getAsLong() + anon.get("misses").getAsLong();
  }

  @Test
  void withoutWorkersItSaysWhatToDo(@TempDir Path nobody) {
    Backend site = Backend.shared(Backend.Kind.FILE);
    Map<String, String> environment = new HashMap<>(site.environment());
    environment.put("LMS_PORT", Integer.toString(WorkerProcess.freePorts(1)));
    environment.put("LMS_DATA_DIR", nobody.toString());
    for (String command : List.of("stats", "warm")) {
      Finished none = WorkerProcess.run(environment, "cache", command);
      assertEquals(1, none.exitCode());
      assertTrue(none.errors().contains("none answers on http://127.0.0.1:"), none.errors());
    }
    environment.put("LMS_DATA_DIR", "/nowhere/at/all");
    Finished purge = WorkerProcess.run(environment, "cache", "purge");
    assertEquals(1, purge.exitCode());
    assertTrue(purge.errors().contains("LMS_DATA_DIR"), purge.errors());
    Finished explain = WorkerProcess.run(environment, "cache", "explain", "/");
    assertEquals(1, explain.exitCode());
    assertTrue(explain.errors().contains("there is no database"), explain.errors());
  }

  @Test
  void explainsWhatIsStoredAndForWhom() {
    Backend site = Backend.shared(Backend.Kind.FILE);
    JsonObject shared =
        json(explain(site, "http://any.example/course/explore?utm_source=x&tag=java&page=1"));
    assertEquals("/course/explore", shared.get("route").getAsString());
    assertEquals("anon", shared.get("variant").getAsString());
    assertTrue(shared.get("stored").getAsBoolean());
    assertEquals(90, shared.get("ttl").getAsLong());
    assertEquals(
        List.of("path=/course/explore", "parameter=page=1", "parameter=tag=java", "variant=anon"),
        parts(shared));
    assertEquals("lms; fwd=miss; stored; detail=anon", shared.get("cacheStatus").getAsString());

    JsonObject own = json(explain(site, "/course/py101/view", "--as", "instructor"));
    assertEquals("auth", own.get("variant").getAsString());

    JsonObject never = json(explain(site, "/user/account", "--as", "student1"));
    assertFalse(never.get("stored").getAsBoolean());
    assertEquals("never", never.get("reason").getAsString());
    assertEquals(200, never.get("status").getAsInt());

    Finished refused = explainText(site, "/course/py101/take", "--as", "lms-admin");
    assertEquals(0, refused.exitCode(), refused.errors());
    assertTrue(refused.output().contains("Refused  status: "), refused.output());

    assertEquals(1, explain(site, "/", "--as", "nobody").exitCode());
    assertEquals(2, explain(site, "not a url").exitCode());
    assertEquals(2, explain(site, "mailto:a@b.example").exitCode());
  }

  @Test
  void explainingAsAPersonTouchesNoSession() {
    Backend site = Backend.shared(Backend.Kind.FILE);
    Browser person = new Browser(site.one().uri("/"));
    assertEquals(303, person.signIn("student2").status());
    String before = sessions(site);
    json(explain(site, "/home", "--as", "student2"));
    assertEquals(before, sessions(site));
    assertEquals(200, person.get("/user/account").status());
  }

  private static String sessions(Backend site) {
    Finished list =
        WorkerProcess.run(site.environment(), "session", "list", "--user", "student2", "--json");
    assertEquals(0, list.exitCode(), list.errors());
    return list.output();
  }

  @Test
  void inProductionTheKeyIsNotPrinted() {
    Backend site = Backend.shared(Backend.Kind.FILE);
    Map<String, String> environment = new HashMap<>(site.environment());
    environment.remove("LMS_DEBUG_ENDPOINTS");
    environment.put("LMS_ENV", "production");
    environment.put("SECRET_KEY", "0123456789abcdefghijklmnopqrstuvwxyz");
    Finished text = WorkerProcess.run(environment, "cache", "explain", "/course/explore?page=2");
    assertEquals(0, text.exitCode(), text.errors());
    assertFalse(text.output().contains("page=2\n         variant"), text.output());
    assertTrue(text.output().contains("parameter (hidden in production)"), text.output());
    Finished sample = WorkerProcess.run(environment, "cache", "explain", "/", "--as", "student1");
    assertEquals(1, sample.exitCode());
    assertTrue(sample.errors().contains("development only"), sample.errors());
  }

  private static Finished explain(Backend site, String url, String... more) {
    String[] command = new String[4 + more.length];
    System.arraycopy(new String[] {"cache", "explain", url, "--json"}, 0, command, 0, 4);
    System.arraycopy(more, 0, command, 4, more.length);
    return WorkerProcess.run(site.environment(), command);
  }

  private static Finished explainText(Backend site, String url, String... more) {
    String[] command = new String[3 + more.length];
    System.arraycopy(new String[] {"cache", "explain", url}, 0, command, 0, 3);
    System.arraycopy(more, 0, command, 3, more.length);
    return WorkerProcess.run(site.environment(), command);
  }

  private static List<String> parts(JsonObject explained) {
    JsonArray key = explained.getAsJsonArray("key");
    return key.asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(part -> part.get("part").getAsString() + "=" + part.get("value").getAsString())
        .toList();
  }
}
