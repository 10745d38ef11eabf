// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.Browser;
import dev.lms.demo.Browser.Answer;
import dev.lms.demo.WorkerProcess;
import dev.lms.demo.WorkerProcess.Finished;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A person's devices, between two workers and a command beside them. */
class DevicesIT {
  private static final String LAPTOP =
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  private static final String DESK =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
          + " Chrome/138.0.0.0 Safari/537.36";
  private static final Pattern DEVICE =
      Pattern.compile("<h3>([^<]+?) ?(?:<span class=\"badge\">(This device)</span>)?</h3>");
  private static final Pattern HANDLE = Pattern.compile("name=\"handle\" value=\"([^\"]+)\"");

  private static Browser signedIn(WorkerProcess worker, String userAgent, String person) {
    Browser browser = new Browser(worker.uri("/"), userAgent);
    assertEquals(303, browser.signIn(person).status());
    return browser;
  }

  private static boolean isSignedIn(Backend site, Browser browser) {
    Set<Integer> statuses =
        List.of(site.one(), site.two()).stream()
            .map(worker -> browser.on(worker.uri("/")).get("/user/account").status())
            .collect(Collectors.toSet());
    assertEquals(1, statuses.size(), "the workers agree");
    return statuses.equals(Set.of(200));
  }

  private static void signOutOthers(Browser browser) {
    String token = browser.get("/user/account").token();
    assertEquals(
        303, browser.post("/user/account/sign-out-others", Map.of("csrf_token", token)).status());
  }

  private static List<String> all(Pattern pattern, Answer page) {
    return pattern.matcher(page.body()).results().map(found -> found.group(1)).toList();
  }

  private static Finished lmsctl(Backend site, String... command) {
    return WorkerProcess.run(site.environment(), command);
  }

  private static JsonObject json(Finished finished) {
    assertEquals(0, finished.exitCode(), finished.errors());
    return JsonParser.parseString(finished.output()).getAsJsonObject();
  }

  @ParameterizedTest
  @EnumSource(names = {"REDIS", "FILE"})
  void aDeviceIsSignedOutFromTheOtherWorkerAndNoOther(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser laptop = signedIn(site.one(), LAPTOP, "student1");
    signOutOthers(laptop);
    Browser desk = signedIn(site.two(), DESK, "student1");
    Browser third = signedIn(site.one(), "curl/8.5.0", "student1");
    Browser neighbour = signedIn(site.two(), DESK, "student2");
    for (WorkerProcess worker : List.of(site.one(), site.two())) {
      Answer page = laptop.on(worker.uri("/")).get("/user/account");
      assertEquals("lms; fwd=bypass; detail=user", page.header("cache-status").split("/", 2)[0]);
      assertTrue(page.header("cache-control").contains("no-store"), page.header("cache-control"));
      List<String> names = all(DEVICE, page);
      assertEquals("Firefox on Linux", names.getFirst(), "one's own first");
      assertEquals(
          Set.of("Firefox on Linux", "Chrome on Windows", "curl/8.5.0"), Set.copyOf(names));
      assertEquals(1, page.body().split("This device<", -1).length - 1);
    }
    Answer page = laptop.on(site.two().uri("/")).get("/user/account");
    String handle = all(HANDLE, page).get(all(DEVICE, page).indexOf("Chrome on Windows"));
    Answer answer =
        laptop
            .on(site.two().uri("/"))
            .post(
                "/user/account/sign-out-device",
                Map.of("handle", handle, "csrf_token", page.token()));
    assertEquals(303, answer.status());
    assertFalse(isSignedIn(site, desk));
    assertTrue(isSignedIn(site, laptop));
    assertTrue(isSignedIn(site, third));
    assertTrue(isSignedIn(site, neighbour));

    Browser elsewhere = laptop.on(site.one().uri("/"));
    signOutOthers(elsewhere);
    assertFalse(isSignedIn(site, third));
    assertTrue(isSignedIn(site, laptop));
    assertTrue(isSignedIn(site, neighbour));
    assertEquals(
        List.of("Firefox on Linux"),
        all(DEVICE, laptop.on(site.two().uri("/")).get("/user/account")));
  }

  @Test
  void aCommandListsAndEndsWhatRunningWorkersKnow() {
    aCommandListsAndEnds(Backend.Kind.REDIS);
  }

  @Test
  @Tag("long")
  void aCommandListsAndEndsWhatIsInFiles() {
    aCommandListsAndEnds(Backend.Kind.FILE);
  }

  private static void aCommandListsAndEnds(Backend.Kind kind) {
    Backend site = Backend.shared(kind);
    lmsctl(site, "session", "purge", "--yes");
    Browser laptop = new Browser(site.one().uri("/"), LAPTOP).from("192.0.2.1, 203.0.113.9");
    assertEquals(303, laptop.signIn("student3").status());
    Browser desk = signedIn(site.two(), DESK, "student3");
    Browser neighbour = signedIn(site.one(), LAPTOP, "student4");
    Browser stranger = new Browser(site.two().uri("/"));
    assertEquals(
        200, stranger.post("/debug/session/put", Map.of("key", "k", "value", "v")).status());

    JsonObject stats = json(lmsctl(site, "session", "stats", "--json"));
    assertEquals(kind.name().toLowerCase(Locale.ROOT), stats.get("store").getAsString());
    assertEquals(4, stats.get("live").getAsInt());
    assertEquals(3, stats.get("signedIn").getAsInt());
    assertEquals(1, stats.get("anonymous").getAsInt());

    JsonObject list = json(lmsctl(site, "session", "list", "--user", "student3", "--json"));
    assertEquals("student3", list.get("user").getAsString());
    List<JsonObject> sessions =
        StreamSupport.stream(list.getAsJsonArray("sessions").spliterator(), false)
            .map(JsonElement::getAsJsonObject)
            .toList();
    assertEquals(
        List.of("Chrome on Windows", "Firefox on Linux"),
        sessions.stream().map(session -> session.get("device").getAsString()).toList());
    assertEquals(LAPTOP, sessions.getLast().get("userAgent").getAsString());
    assertEquals("127.0.0.1", sessions.getFirst().get("address").getAsString());
    assertEquals("203.0.113.9", sessions.getLast().get("address").getAsString());
    assertEquals(
        all(HANDLE, laptop.get("/user/account")).getFirst(),
        sessions.getLast().get("handle").getAsString());
    Finished words = lmsctl(site, "session", "list", "--user", "student3");
    assertTrue(words.output().startsWith("student3 has 2 sessions\n"), words.output());
    assertTrue(words.output().contains("\n  Firefox on Linux, 203.0.113.9\n"), words.output());

    Finished nobody = lmsctl(site, "session", "revoke", "--user", "nobody", "--yes");
    assertEquals(1, nobody.exitCode());
    assertTrue(nobody.errors().contains("there is no account nobody"), nobody.errors());
    assertEquals(1, lmsctl(site, "session", "list", "--user", "nobody").exitCode());
    for (String unsure : List.of("revoke --user student3", "purge")) {
      Finished asked = lmsctl(site, ("session " + unsure).split(" ", -1));
      assertEquals(2, asked.exitCode());
      assertTrue(asked.errors().contains("--yes"), asked.errors());
    }
    Finished no =
        WorkerProcess.runOnTerminal(
            "n\n", site.environment(), "session", "revoke", "--user", "student3");
    assertEquals(1, no.exitCode(), no.output());
    assertTrue(no.output().contains("End 2 sessions of student3? [y/N] "), no.output());
    assertTrue(no.output().contains("nothing was ended"), no.output());
    assertTrue(isSignedIn(site, laptop), "nothing was ended");

    Finished revoked =
        WorkerProcess.runOnTerminal(
            "y\n", site.environment(), "session", "revoke", "--user", "student3");
    assertEquals(0, revoked.exitCode(), revoked.output());
    assertTrue(revoked.output().contains("Ended 2 sessions of student3"), revoked.output());
    assertFalse(isSignedIn(site, laptop));
    assertFalse(isSignedIn(site, desk));
    assertTrue(isSignedIn(site, neighbour));
    assertEquals(
        "student3 has 0 sessions\n",
        lmsctl(site, "session", "list", "--user", "student3").output());

    assertEquals("Ended 2 sessions\n", lmsctl(site, "session", "purge", "--yes").output());
    assertFalse(isSignedIn(site, neighbour));
    assertEquals(
        "0 live sessions in "
            + kind.name().toLowerCase(Locale.ROOT)
            + ": 0 of people signed in, 0 anonymous\n",
        lmsctl(site, "session", "stats").output());
    assertTrue(isSignedIn(site, signedIn(site.one(), LAPTOP, "student3")), "and life goes on");
    String log = site.operatorLog();
    assertTrue(log.contains(" AUDIT sessions-revoked account=student3 sessions=2 by=lmsctl "), log);
    assertTrue(log.contains(" AUDIT sessions-purged sessions=2 by=lmsctl "), log);
    assertFalse(log.contains("nobody"), log);
  }

  @ParameterizedTest
  @EnumSource(names = "COOKIE")
  void withCookiesThePageAndTheCommandsSayWhyThereIsNoList(Backend.Kind kind) throws Exception {
    Backend site = Backend.shared(kind);
    Browser browser = signedIn(site.one(), LAPTOP, "student1");
    Answer page = browser.get("/user/account");
    assertTrue(page.body().contains("so it has no list of the devices"), page.body());
    assertEquals(List.of(), all(DEVICE, page));
    assertFalse(page.body().contains("sign-out-"), page.body());
    for (String path : List.of("sign-out-device", "sign-out-others")) {
      Map<String, String> form = Map.of("csrf_token", page.token(), "handle", "x");
      assertEquals(404, browser.post("/user/account/" + path, form).status());
    }
    for (String command :
        List.of("stats", "list --user student1", "revoke --user student1 --yes", "purge --yes")) {
      Finished finished = lmsctl(site, ("session " + command).split(" ", -1));
      assertEquals(1, finished.exitCode());
      assertEquals("", finished.output());
      assertEquals(1, finished.errors().lines().count(), finished.errors());
      assertTrue(finished.errors().contains("SESSION_STORE"), finished.errors());
    }
    assertTrue(isSignedIn(site, browser));
  }

  @ParameterizedTest
  @EnumSource(names = "REDIS")
  void aCommandThatFindsNoSiteSaysWhatItMissed(Backend.Kind kind) throws Exception {
    Finished nowhere = WorkerProcess.run(Map.of(), "session", "stats");
    assertEquals(1, nowhere.exitCode());
    assertTrue(nowhere.errors().contains("LMS_DATA_DIR"), nowhere.errors());
    Finished key =
        WorkerProcess.run(
            Map.of("REDIS_URL", "redis://127.0.0.1:" + WorkerProcess.freePorts(1)),
            "session",
            "stats");
    assertEquals(1, key.exitCode());
    assertTrue(key.errors().contains("SECRET_KEY"), key.errors());
    Finished down =
        WorkerProcess.run(
            Map.of(
                "REDIS_URL",
                "redis://127.0.0.1:" + WorkerProcess.freePorts(1),
                "SECRET_KEY",
                "a key of a test that is long enough"),
            "session",
            "stats");
    assertEquals(1, down.exitCode());
    assertNotEquals("", down.errors());
    assertEquals(1, down.errors().lines().count(), down.errors());
    assertFalse(down.errors().contains("null"), down.errors());
    assertEquals(0, lmsctl(Backend.shared(kind), "session", "stats").exitCode());
  }
}
