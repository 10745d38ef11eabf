// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.Sessions;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The Spring Boot application that the documents show: two processes with one folder. */
class SpringTest {
  @TempDir static Path folder;
  private static ConfigurableApplicationContext site;
  private static SpringWorker here;
  private static SpringWorker there;

  @BeforeAll
  static void start() throws Exception {
    Process process = SpringWorker.launch(folder.resolve("sessions"));
    try {
      site = SpringWorker.run(folder.resolve("sessions"));
      here = SpringWorker.of(site);
      there = SpringWorker.in(process);
    } catch (Exception | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  @AfterAll
  static void stop() throws Exception {
    there.close();
    here.close();
  }

  private static String cookieOf(HttpResponse<String> answer) {
    List<String> cookies = SpringWorker.cookies(answer);
    assertEquals(1, cookies.size(), answer.headers().map().toString());
    assertTrue(cookies.getFirst().startsWith("session="), cookies.toString());
    return cookies.getFirst();
  }

  private static void isSentToTheForm(HttpResponse<String> answer) {
    assertEquals(302, answer.statusCode());
    assertTrue(answer.headers().firstValue("Location").orElseThrow().endsWith("/login"));
  }

  private static String begun() throws Exception {
    return cookieOf(here.get("/visits", ""));
  }

  private static String signIn(String name) throws Exception {
    return signIn(name, begun());
  }

  private static String signIn(String name, String before) throws Exception {
    String form = "username=" + name + "&password=" + name.charAt(0);
    HttpResponse<String> answer = here.post("/login", form, before);
    assertEquals(302, answer.statusCode());
    assertTrue(answer.headers().firstValue("Location").orElseThrow().endsWith("/account"));
    assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElseThrow());
    return cookieOf(answer);
  }

  private static String verdict(HttpResponse<String> answer) {
    return answer.headers().firstValue("Cache-Status").orElseThrow().replaceAll("ttl=\\d+; ", "");
  }

  @Test
  void whoSignsInGetsANewIdWhichEveryProcessKnows() throws Exception {
    String anonymous = begun();
    String cookie = signIn("ann", anonymous);
    assertNotEquals(anonymous, cookie);
    for (SpringWorker worker : List.of(here, there)) {
      assertEquals("I am ann", worker.get("/account", cookie).body());
      isSentToTheForm(worker.get("/account", anonymous));
    }
    assertEquals("2", there.get("/visits", cookie).body(), "what was kept before is kept");
    assertEquals("3", here.get("/visits", cookie).body());
    assertEquals("1", here.get("/visits", anonymous).body(), "the old id is nobody's");
  }

  @Test
  void whoSignsOutIsOutAndALateRequestBringsNobodyBack() throws Exception {
    String cookie = signIn("ann");
    CompletableFuture<HttpResponse<String>> late =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return here.get("/slow", cookie);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    SpringPages pages = site.getBean(SpringPages.class);
    assertTrue(pages.slowBegan.await(60, TimeUnit.SECONDS));
    HttpResponse<String> out = there.post("/logout", "", cookie);
    assertEquals(302, out.statusCode());
    assertEquals("session=", cookieOf(out));
    pages.slowMayEnd.countDown();
    HttpResponse<String> answer = late.get(60, TimeUnit.SECONDS);
    assertEquals(409, answer.statusCode());
    assertEquals(List.of(), SpringWorker.cookies(answer));
    for (SpringWorker worker : List.of(here, there, here)) {
      isSentToTheForm(worker.get("/account", cookie));
    }
  }

  @Test
  void aWrongPasswordSignsNobodyIn() throws Exception {
    String before = begun();
    HttpResponse<String> answer = here.post("/login", "username=ann&password=b", before);
    assertTrue(answer.headers().firstValue("Location").orElseThrow().endsWith("/login?error"));
    assertEquals(List.of(), SpringWorker.cookies(answer));
    isSentToTheForm(here.get("/account", before));
  }

  @Test
  void aFormOfAnotherSiteIsRefused() throws Exception {
    String cookie = signIn("ann");
    assertEquals(403, SpringWorker.send(here.posting("/logout", "", cookie)).statusCode());
    HttpResponse<String> stranger = SpringWorker.send(here.posting("/login", "username=ann", ""));
    assertEquals(403, stranger.statusCode());
    assertEquals(List.of(), SpringWorker.cookies(stranger), "and no session is begun for it");
    String foreign = there.get("/token", signIn("bob")).body();
    assertEquals(
        403,
        SpringWorker.send(here.posting("/logout", "", cookie).header("X-CSRF-TOKEN", foreign))
            .statusCode());
    assertEquals("I am ann", here.get("/account", cookie).body());
    assertTrue(here.get("/login", "").body().contains("name=\"_csrf\""));
  }

  @Test
  void whoIsRevokedIsOutInEveryProcess() throws Exception {
    String cookie = signIn("bob");
    assertEquals("Admin of 1", there.get("/course/1/admin", cookie).body());
    assertEquals(403, there.get("/course/1/admin", signIn("ann")).statusCode());
    isSentToTheForm(there.get("/course/1/admin", ""));
    assertTrue(site.getBean(Sessions.class).revokeAll("bob") > 0);
    isSentToTheForm(there.get("/course/1/admin", cookie));
    isSentToTheForm(here.get("/account", cookie));
  }

  @Test
  void aPageIsSharedAndItsHolesAreNot() throws Exception {
    HttpResponse<String> miss = here.get("/course/2", "");
    assertEquals("lms; fwd=miss; stored; detail=anon", verdict(miss));
    HttpResponse<String> hit = here.get("/course/2?utm_source=x", "");
    assertEquals("lms; hit; detail=anon", verdict(hit));
    assertEquals(miss.body(), hit.body());
    assertTrue(hit.body().startsWith("Hello nobody, course 2"), hit.body());
    assertEquals(List.of(), SpringWorker.cookies(hit));
    String ann = signIn("ann");
    String bob = signIn("bob");
    HttpResponse<String> hers = here.get("/course/2", ann);
    assertEquals("lms; fwd=miss; stored; detail=auth", verdict(hers));
    HttpResponse<String> his = here.get("/course/2", bob);
    assertEquals("lms; hit; detail=auth", verdict(his));
    assertTrue(hers.body().startsWith("Hello ann"), hers.body());
    assertEquals(hers.body().replace("ann", "bob"), his.body());
    assertEquals("edited", here.post("/course/2/edit", "", bob).body());
    HttpResponse<String> after = here.get("/course/2", "");
    assertEquals("lms; fwd=miss; stored; detail=anon", verdict(after));
    assertNotEquals(miss.body(), after.body());
  }

  /** Each has a token of their own in it, which their own session takes and no other. */
  @Test
  void aFormOnASharedPageCanBeSent() throws Exception {
    List<String> people = List.of(signIn("ann"), signIn("bob"));
    List<String> tokens = new ArrayList<>();
    for (String cookie : people) {
      HttpResponse<String> form = here.get("/course/4/form", cookie);
      assertEquals(tokens.isEmpty() ? "miss" : "hit", result(form));
      tokens.add("_csrf=" + form.body().replaceAll(".*value=\"|\">.*", ""));
    }
    for (int i : new int[] {0, 1}) {
      String own = tokens.get(i);
      String foreign = tokens.get(1 - i);
      assertEquals(
          403,
          SpringWorker.send(here.posting("/course/4/edit", foreign, people.get(i))).statusCode());
      assertEquals(
          "edited", SpringWorker.send(here.posting("/course/4/edit", own, people.get(i))).body());
    }
    HttpResponse<String> stranger = here.get("/course/4/form", "");
    assertEquals(List.of(), SpringWorker.cookies(stranger), "and no session is begun for it");
    assertTrue(stranger.body().contains("value=\"\""), stranger.body());
  }

  private static String result(HttpResponse<String> answer) {
    return verdict(answer).contains("hit") ? "hit" : "miss";
  }

  /** The argument of the controller is who asks: the page cache notices. */
  @Test
  void aPageThatAsksWhoIsThereIsSharedWithNobody() throws Exception {
    String ann = signIn("ann");
    String bob = signIn("bob");
    for (String name : List.of("ann", "bob", "ann")) {
      HttpResponse<String> answer = here.get("/course/3/mine", name.equals("ann") ? ann : bob);
      assertTrue(answer.body().startsWith(name + " in 3"), answer.body());
      assertTrue(verdict(answer).startsWith("lms; fwd="), verdict(answer));
      assertTrue(!verdict(answer).contains("stored"), verdict(answer));
    }
  }

  @Test
  void anAnswerThatComesLaterHasTheSameSession() throws Exception {
    String cookie = signIn("ann");
    assertEquals("ann 2", here.get("/later", cookie).body());
    assertEquals("3", there.get("/visits", cookie).body());
  }

  @Test
  void anErrorPageKnowsWhoIsThereAndKeepsNothingOfTheRequest() throws Exception {
    String cookie = signIn("ann");
    HttpResponse<String> broken = here.get("/broken", cookie);
    assertEquals(500, broken.statusCode());
    assertEquals("Sorry, ann", broken.body());
    assertEquals("nothing", here.get("/half", cookie).body());
    HttpResponse<String> nowhere = here.get("/nowhere", cookie);
    assertEquals(404, nowhere.statusCode());
    assertEquals("Sorry, ann", nowhere.body());
    assertEquals("Sorry, stranger", here.get("/broken", "").body());
    assertEquals("I am ann", here.get("/account", cookie).body());
  }

  @Test
  void aClientWithoutCookiesSignsInWithAHeader() throws Exception {
    String form = "username=ann&password=a";
    HttpResponse<String> in =
        SpringWorker.send(here.posting("/login", form, "").header("Authorization", "Session"));
    assertTrue(in.headers().firstValue("Location").orElseThrow().endsWith("/account"));
    assertEquals(List.of(), SpringWorker.cookies(in));
    String token = "Session " + in.headers().firstValue("Session-Token").orElseThrow();
    String other = signIn("bob");
    HttpResponse<String> account =
        SpringWorker.send(there.request("/account", other).header("Authorization", token));
    assertEquals("I am ann", account.body());
    HttpResponse<String> out =
        SpringWorker.send(there.posting("/logout", "", other).header("Authorization", token));
    assertEquals("", out.headers().firstValue("Session-Token").orElseThrow());
    isSentToTheForm(
        SpringWorker.send(here.request("/account", other).header("Authorization", token)));
    assertEquals("I am bob", here.get("/account", other).body());
  }
}
