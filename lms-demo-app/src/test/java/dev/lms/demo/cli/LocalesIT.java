// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.WorkerProcess;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine's locale decides nothing: neither letter case nor digits nor calendar. */
class LocalesIT {
  private static final List<String> PLAN =
      List.of("plan", "--json", "--cpus", "4", "--ram-mb", "2048", "--worker-mb", "200");

  private static Map<String, String> environment(String locale) {
    Map<String, String> environment = new HashMap<>(Map.of("LMS_DEBUG_ENDPOINTS", "1"));
    if (!locale.isEmpty()) {
      environment.put("JDK_JAVA_OPTIONS", locale);
    }
    return environment;
  }

  private static String plan(String locale) {
    return WorkerProcess.run(environment(locale), PLAN.toArray(String[]::new)).output();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Its lower case of I has no dot.
        "-Duser.language=tr -Duser.country=TR",
        "-Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab",
        // Thai digits and the Buddhist calendar.
        "-Duser.language=th -Duser.country=TH -Duser.variant=TH"
      })
  void theSiteWorksAsEverywhere(String locale) {
    try (WorkerProcess worker = WorkerProcess.serve(environment(locale))) {
      assertTrue(worker.output().contains("Picked up JDK_JAVA_OPTIONS"), worker.output());
      Browser person = new Browser(worker.uri("/"));
      assertEquals(303, person.signIn("student1").status());
      assertTrue(
          person.get("/user/account").body().matches("(?s).*\\b20\\d\\d, \\d\\d:\\d\\d UTC.*"));
      Map<String, String> counter = Map.of("key", "INDEX", "delta", "12");
      assertEquals(200, person.post("/debug/session/add", counter).status());
      String data = person.get("/debug/session").body().replaceAll("\\s", "");
      assertTrue(data.contains("\"INDEX\":\"12\""), data);
      for (String path : List.of("/metrics", "/debug/cache", "/course/explore")) {
        Browser.Answer answer = person.get(path);
        assertEquals(200, answer.status(), path);
        assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(answer.headers() + ""), path);
      }
      assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(person.get("/metrics").body()));
    }
  }

  @Test
  void thePlanIsTheSameText() {
    assertEquals(
        plan(""), plan("-Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab"));
  }
}
