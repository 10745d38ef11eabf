// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.account.Passwords.Verdict;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.Samples;
import dev.lms.demo.data.TestTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordsTest {
  private static final String OWASP = "$argon2id$v=19$m=19456,t=2,p=1$";

  @TempDir Path folder;

  @Test
  void sampleAccountsHaveTheirNameAsPassword() {
    try (Database database =
            Database.open(
                "jdbc:sqlite:" + folder.resolve("a.db"), 1, TestTables.ALL, Samples.ACCOUNTS);
        Passwords passwords = new Passwords(2)) {
      Users users = new Users(database, true);
      for (String name :
          List.of(
              "lms-admin",
              "instructor",
              "student1",
              "student2",
              "student3",
              "student4",
              "student5",
              "student6",
              "student7",
              "student8",
              "student9")) {
        String hash = users.find(name).orElseThrow().password();
        assertEquals(Verdict.MATCH, passwords.check(name, Optional.of(hash)), name);
      }
      Optional<String> hash = users.find("student1").map(Users.Credentials::password);
      assertEquals(Verdict.MISMATCH, passwords.check("student2", hash));
      assertEquals(Verdict.MISMATCH, passwords.check("", hash));
      assertEquals(Verdict.MISMATCH, passwords.check("student1", Optional.empty()));
      assertEquals(Optional.empty(), users.find("nobody"));
    }
  }

  @Test
  void whatIsASecretIsHashedAsSlowlyAsOwaspAsks() {
    String hash = Passwords.hash("correct horse battery");
    assertTrue(hash.startsWith(OWASP), hash);
    try (Passwords passwords = new Passwords(1)) {
      assertEquals(Verdict.MATCH, passwords.check("correct horse battery", Optional.of(hash)));
      assertEquals(Verdict.MISMATCH, passwords.check("correct horse", Optional.of(hash)));
    }
  }

  /** Made by the library of earlier releases, with their parameters and with others. */
  @Test
  void hashesOfEarlierReleasesStayGood() {
    String ours = OWASP + "3nAQRkNevT6AkvNI3Lz3+Q$ZCFPHhxVeFm4awaD55a4B/ggI+Mxhmucl0p7ZAn/okU";
    String others =
        "$argon2id$v=19$m=8192,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$H9DKy0zMiTBtnL/QHRIo2+ofl3WFfVRR";
    try (Passwords passwords = new Passwords(1)) {
      assertEquals(Verdict.MATCH, passwords.check("x", Optional.of(ours)));
      assertEquals(Verdict.MISMATCH, passwords.check("X", Optional.of(ours)));
      assertEquals(Verdict.MATCH, passwords.check("pässwörd", Optional.of(others)));
      assertEquals(Verdict.MISMATCH, passwords.check("passwörd", Optional.of(others)));
    }
  }

  /** What it is computed in would be a sixth of a worker's heap. */
  @Test
  void theMemoryOfAHashIsFreeAfterwards() {
    String of64Mib =
        "$argon2id$v=19$m=65536,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$H9DKy0zMiTBtnL/QHRIo2+ofl3WFfVRR";
    try (Passwords passwords = new Passwords(1)) {
      passwords.check("x", Optional.empty());
      long before = used();
      passwords.check("x", Optional.of(of64Mib));
      // Whoever asked has the answer a moment before the thread that computed it is done.
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      long after = used();
      while (after - before >= 32L * 1024 * 1024) {
        assertTrue(System.nanoTime() < giveUp, before + " bytes before, then " + after);
        after = used();
      }
    }
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void inProductionSampleAccountsDoNotExistEvenIfTheFileHasThem() {
    try (Database database =
        Database.open(
            "jdbc:sqlite:" + folder.resolve("a.db"), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      assertTrue(new Users(database, true).find("lms-admin").isPresent());
      assertEquals(Optional.empty(), new Users(database, false).find("lms-admin"));
    }
  }

  /** An unknown name waits in the same line for the same work, so that neither tells it apart. */
  @Test
  void whenTooManyWaitTheyAreToldSoWhateverTheirName() throws Exception {
    try (Passwords passwords = new Passwords(1, 1);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Verdict>> checks = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        checks.add(callers.submit(() -> passwords.check("x", Optional.empty())));
      }
      List<Verdict> verdicts = new ArrayList<>();
      for (Future<Verdict> check : checks) {
        verdicts.add(check.get());
      }
      assertTrue(verdicts.contains(Verdict.BUSY), verdicts.toString());
      assertTrue(verdicts.contains(Verdict.MISMATCH), verdicts.toString());
    }
  }
}
