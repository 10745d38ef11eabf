// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {
  private static final String STATE =
      "SELECT (SELECT count(*) FROM courses) || ' ' || (SELECT count(*) FROM programs) || ' '"
          + " || (SELECT count(*) FROM resources) || ' ' || (SELECT count(*) FROM users)";

  @TempDir Path folder;

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("lms.db");
  }

  /** A worker process as far as the database is concerned: opens the file, says what it sees. */
  public static final class Worker {
    private Worker() {}

    /** Takes the URL. */
    public static void main(String[] arguments) {
      try (Database database = Database.open(arguments[0], 2, TestTables.ALL, Samples.ACCOUNTS)) {
        System.out.print(state(database));
      }
    }
  }

  private static String state(Database database) {
    return database.read(sql -> sql.first(row -> row.getString(1), STATE).orElseThrow());
  }

  private static long number(Database database, String query) {
    return database.read(sql -> sql.number(query));
  }

  private static boolean exists(Database database, String query, Object... arguments) {
    return database.read(sql -> sql.exists(query, arguments));
  }

  @Test
  void aNewFileHoldsTheSamplesOfTheContract() {
    try (Database database = Database.open(url(), 2, TestTables.ALL, Samples.ACCOUNTS)) {
      assertTrue(number(database, "SELECT count(*) FROM courses") >= 40);
      assertTrue(number(database, "SELECT count(*) FROM resources") >= 60);
      assertEquals(3, number(database, "SELECT count(*) FROM programs"));
      assertEquals(
          List.of(
              "instructor",
              "lms-admin",
              "student1",
              "student2",
              "student3",
              "student4",
              "student5",
              "student6",
              "student7",
              "student8",
              "student9"),
          database.read(
              sql -> sql.list(row -> row.getString(1), "SELECT username FROM users ORDER BY 1")));
      assertTrue(
          number(database, "SELECT count(*) FROM courses WHERE instructor = 'instructor'") >= 10);
      List<String> names =
          database.read(sql -> sql.list(row -> row.getString(1), "SELECT name FROM users"));
      for (String name : names) {
        assertEquals(2, name.split(" ").length, name);
      }
      List<String> codes =
          database.read(sql -> sql.list(row -> row.getString(1), "SELECT code FROM courses"));
      for (String code : codes) {
        assertTrue(code.matches("[a-z0-9]+"), code);
        assertTrue(
            exists(database, "SELECT 1 FROM resources WHERE course = ?", code),
            code + " has no resource");
      }
    }
  }

  @Test
  void aTestHasCoursesButNoAccounts() {
    try (Database database = Database.open(url(), 2, TestTables.ALL, Samples.CATALOGUE)) {
      assertTrue(number(database, "SELECT count(*) FROM courses") >= 40);
      assertEquals(0, number(database, "SELECT count(*) FROM users"));
    }
  }

  @Test
  void inProductionThereIsNothingUntilItIsAskedFor() {
    Database.open(url(), 1, TestTables.ALL, Samples.NONE).close();
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.NONE)) {
      assertEquals(0, number(database, "SELECT count(*) FROM courses"));
      assertEquals(0, number(database, "SELECT count(*) FROM programs"));
      for (int i = 0; i < 2; i++) {
        database.write(
            sql -> {
              for (Tables some : TestTables.ALL) {
                some.addSampleCatalogue(sql);
              }
              return true;
            });
        assertTrue(number(database, "SELECT count(*) FROM courses") >= 40);
        assertEquals(
            number(database, "SELECT count(*) FROM courses"),
            number(database, "SELECT count(*) FROM course_search"),
            "all can be searched for, once");
        assertEquals(3, number(database, "SELECT count(*) FROM programs"));
        assertEquals(0, number(database, "SELECT count(*) FROM users"));
      }
    }
  }

  @Test
  void accountsMayComeLaterAndOnlyOnce() {
    Database.open(url(), 1, TestTables.ALL, Samples.CATALOGUE).close();
    Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS).close();
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      assertEquals(11, number(database, "SELECT count(*) FROM users"));
      assertTrue(exists(database, "SELECT 1 FROM courses WHERE instructor = 'instructor'"));
    }
  }

  @Test
  void severalProcessesMayStartAtOnceOnANewFile() throws Exception {
    String java = Path.of(ProcessHandle.current().info().command().orElseThrow()).toString();
    List<Process> workers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      workers.add(
          new ProcessBuilder(
                  java,
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Worker.class.getName(),
                  url())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    }
    List<String> seen = new ArrayList<>();
    for (Process worker : workers) {
      seen.add(new String(worker.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertTrue(worker.waitFor(60, TimeUnit.SECONDS));
    }
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      assertEquals(List.of(state(database)), seen.stream().distinct().toList());
    }
  }

  @Test
  void manyMayOpenANewFileAtOnce() throws Exception {
    int openers = 8;
    try (ExecutorService threads = Executors.newFixedThreadPool(openers)) {
      for (int round = 0; round < 10; round++) {
        String url = "jdbc:sqlite:" + folder.resolve("round" + round + ".db");
        CountDownLatch start = new CountDownLatch(1);
        List<Future<String>> states = new ArrayList<>();
        for (int i = 0; i < openers; i++) {
          states.add(
              threads.submit(
                  () -> {
                    start.await();
                    try (Database database =
                        Database.open(url, 1, TestTables.ALL, Samples.ACCOUNTS)) {
                      return state(database);
                    }
                  }));
        }
        start.countDown();
        String first = states.getFirst().get();
        for (Future<String> state : states) {
          assertEquals(first, state.get());
        }
      }
    }
  }

  @Test
  void whatOneProcessCommitsTheNextReadOfAnotherSees() {
    try (Database one = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS);
        Database two = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      for (int i = 0; i < 50; i++) {
        String title = "Title " + i;
        Database writer = i % 2 == 0 ? one : two;
        Database reader = i % 2 == 0 ? two : one;
        writer.write(sql -> sql.update("UPDATE courses SET title = ? WHERE code = 'py101'", title));
        assertEquals(
            title,
            reader.read(
                sql ->
                    sql.first(
                            row -> row.getString(1),
                            "SELECT title FROM courses WHERE code = 'py101'")
                        .orElseThrow()));
      }
    }
  }

  @Test
  void concurrentWritersOfTwoProcessesLoseNothing() throws Exception {
    try (Database one = Database.open(url(), 2, TestTables.ALL, Samples.ACCOUNTS);
        Database two = Database.open(url(), 2, TestTables.ALL, Samples.ACCOUNTS);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> writes = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Database database = i % 2 == 0 ? one : two;
        writes.add(
            callers.submit(
                () ->
                    database.write(
                        sql -> {
                          long credits =
                              sql.number("SELECT credits FROM courses WHERE code = 'py101'");
                          return sql.update(
                              "UPDATE courses SET credits = ? WHERE code = 'py101'", credits + 1);
                        })));
      }
      for (Future<Integer> write : writes) {
        assertEquals(1, write.get());
      }
      assertEquals(204, number(one, "SELECT credits FROM courses WHERE code = 'py101'"));
    }
  }

  @Test
  void workThatThrowsLeavesNothingBehind() {
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      assertThrows(
          IllegalStateException.class,
          () ->
              database.write(
                  sql -> {
                    sql.update("UPDATE courses SET title = 'half' WHERE code = 'py101'");
                    throw new IllegalStateException("on purpose");
                  }));
      assertTrue(!exists(database, "SELECT 1 FROM courses WHERE title = 'half'"));
      int rows =
          database.write(sql -> sql.update("UPDATE courses SET credits = 9 WHERE code = 'py101'"));
      assertEquals(1, rows);
    }
  }

  @Test
  void aReadCannotWrite() {
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      assertThrows(
          DatabaseException.class,
          () -> database.read(sql -> sql.update("UPDATE courses SET credits = 9")));
    }
  }

  @Test
  void foreignKeysHold() {
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      assertThrows(
          DatabaseException.class,
          () ->
              database.write(
                  sql -> sql.update("INSERT INTO enrolments VALUES ('none', 'student1', 0)")));
    }
  }

  @Test
  void onlyTheOwnerMayReadTheFiles() throws IOException {
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      database.write(sql -> sql.update("UPDATE courses SET credits = 9 WHERE code = 'py101'"));
      try (var files = Files.list(folder)) {
        List<Path> all = files.toList();
        assertTrue(all.size() >= 2, "the file and its journal: " + all);
        for (Path file : all) {
          assertEquals(
              "rw-------",
              PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
              file.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://localhost/lms",
        "jdbc:sqlite:",
        "jdbc:sqlite::memory:",
        "jdbc:sqlite:file:lms.db",
        "jdbc:sqlite:lms.db?journal_mode=OFF",
        ""
      })
  void otherUrlsAreRefusedByName(String url) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Database.open(url, 1, TestTables.ALL, Samples.ACCOUNTS));
    assertTrue(e.toString().contains("DATABASE_URL"), e.getMessage());
  }

  @Test
  void aMissingFolderIsNamed() {
    String url = "jdbc:sqlite:" + folder.resolve("missing/lms.db");
    DatabaseException e =
        assertThrows(
            DatabaseException.class, () -> Database.open(url, 1, TestTables.ALL, Samples.ACCOUNTS));
    assertTrue(e.toString().contains("missing"), e.getMessage());
  }

  @Test
  void aNewerSchemaIsRefused() {
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      database.write(
          sql -> {
            sql.script("PRAGMA user_version=99");
            return true;
          });
    }
    DatabaseException e =
        assertThrows(
            DatabaseException.class,
            () -> Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS));
    assertTrue(e.toString().contains("99"), e.getMessage());
  }

  @Test
  void aClosedDatabaseSaysSo() {
    Database database = Database.open(url(), 1, TestTables.ALL, Samples.ACCOUNTS);
    database.close();
    DatabaseException e = assertThrows(DatabaseException.class, () -> state(database));
    assertTrue(e.toString().contains("closed"), e.getMessage());
  }

  /** As a file that somebody copied over the old one: one that is no database, or not ours. */
  @ParameterizedTest
  @ValueSource(strings = {"rubbish", "", "of another program"})
  void anOverwrittenFileIsNoticed(String what) throws Exception {
    Database.open(url(), 1, TestTables.ALL, Samples.CATALOGUE).close();
    byte[] instead = what.repeat(10_000).getBytes(StandardCharsets.US_ASCII);
    if (what.startsWith("of")) {
      Path other = folder.resolve("other.db");
      try (var its = DriverManager.getConnection("jdbc:sqlite:" + other);
          var statement = its.createStatement()) {
        statement.execute("CREATE TABLE things (name TEXT)");
      }
      instead = Files.readAllBytes(other);
    }
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.CATALOGUE)) {
      database.check();
      Files.write(folder.resolve("lms.db"), instead);
      DatabaseException e = assertThrows(DatabaseException.class, database::check);
      assertTrue(e.toString().contains("database"), e::toString);
      DatabaseException asked =
          assertThrows(
              DatabaseException.class, () -> number(database, "SELECT count(*) FROM courses"));
      assertEquals(DatabaseDamagedException.class, asked.getClass(), asked.getMessage());
    }
  }

  @Test
  void aFullDiskIsToldAsSuchAndLeavesWhatIsThere() {
    try (Database database = Database.open(url(), 1, TestTables.ALL, Samples.CATALOGUE)) {
      DatabaseException e =
          assertThrows(
              DatabaseException.class,
              () ->
                  database.write(
                      sql -> {
                        sql.number("PRAGMA max_page_count=1");
                        sql.update(
                            "UPDATE courses SET description = ? WHERE code = 'py101'",
                            "x".repeat(1 << 20));
                        return true;
                      }));
      assertEquals(DatabaseFullException.class, e.getClass(), e.getMessage());
      database.check();
      assertTrue(number(database, "SELECT count(*) FROM courses") >= 40);
    }
  }
}
