// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.Browser;
import dev.lms.demo.account.Users;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountRaceTest {
  private static final int DEVICES = 8;

  /** Their passwords were being checked, against what was true before, when the account changed. */
  @Test
  void aSignInUnderWayDoesNotOutliveWhatChangedItsAccount(@TempDir Path folder) throws Exception {
    try (TestSite site = new TestSite(folder, 0, tags -> {});
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Users users = new Users(site.database(), true);
      int refused = 0;
      // On a busy machine all may be done before the account changes: then once more.
      for (int round = 0; round < 4 || refused == 0; round++) {
        assertTrue(round < 40, "no sign-in was under way");
        List<Future<Integer>> signIns = new ArrayList<>();
        for (int i = 0; i < DEVICES; i++) {
          Browser browser = site.browser();
          String token = browser.get("/user/login").token();
          Map<String, String> form =
              Map.of("username", "student1", "password", "student1", "csrf_token", token);
          signIns.add(callers.submit(() -> browser.post("/user/login", form).status()));
        }
        signIns.getFirst().get();
        assertTrue(users.setDisabled("student1", true));
        site.sessions().revokeAll("student1");
        for (Future<Integer> signIn : signIns) {
          refused += signIn.get() == 303 ? 0 : 1;
        }
        assertEquals(List.of(), site.sessions().list("student1"));
        assertTrue(users.setDisabled("student1", false));
      }
    }
  }
}
