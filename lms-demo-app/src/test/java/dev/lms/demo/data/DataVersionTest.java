// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataVersionTest {
  private static final String CREDITS = "SELECT sum(credits) FROM courses";

  @TempDir Path folder;

  @BeforeEach
  void fill() {
    open().close();
  }

  private Database open() {
    String url = "jdbc:sqlite:" + folder.resolve("lms.db");
    return Database.open(url, 4, TestTables.ALL, Samples.ACCOUNTS);
  }

  private static void change(Database database) {
    int changed = database.write(sql -> sql.update("UPDATE courses SET credits = credits + 1"));
    assertTrue(changed > 0);
  }

  private static String version(Database database) {
    return database.version().orElseThrow();
  }

  @Test
  void itStaysWhileNobodyWrites() {
    try (Database database = open();
        Database other = open()) {
      String version = version(database);
      for (int i = 0; i < 20; i++) {
        other.read(sql -> sql.number(CREDITS));
        assertEquals(version, version(database));
      }
    }
  }

  @Test
  void eachCommitOfAnyWriterGivesAnother() {
    try (Database database = open();
        Database other = open()) {
      Set<String> seen = new HashSet<>(Set.of(version(database)));
      for (int i = 0; i < 20; i++) {
        change(i % 2 == 0 ? database : other);
        assertTrue(seen.add(version(database)), "commit " + i);
      }
    }
  }

  /** Where it is the same before and after a read, that read saw the one state it stands for. */
  @Test
  void oneVersionIsOneState() throws Exception {
    Map<String, Long> states = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();
    try (Database database = open();
        Database other = open();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(threads.submit(() -> compare(database, states, done)));
      }
      for (int i = 0; i < 200; i++) {
        change(other);
      }
      done.set(true);
      int compared = 0;
      for (Future<Integer> reader : readers) {
        compared += reader.get(20, TimeUnit.SECONDS);
      }
      assertTrue(compared > 0, "nobody read a state twice");
    }
  }

  private static int compare(Database database, Map<String, Long> states, AtomicBoolean done) {
    int compared = 0;
    for (boolean last = false; !last; ) {
      last = done.get();
      String before = version(database);
      long credits = database.read(sql -> sql.number(CREDITS));
      if (before.equals(version(database))) {
        Long known = states.putIfAbsent(before, credits);
        assertTrue(known == null || known == credits, known + " and " + credits);
        compared++;
      }
    }
    return compared;
  }

  @Test
  void itCannotBeToldOfWhatIsClosedOrCannotBeOpened() {
    Database database = open();
    assertFalse(version(database).isEmpty());
    database.close();
    assertEquals(Optional.empty(), database.version());
    DataVersion unopened =
        new DataVersion(
            () -> {
              throw new SQLException("no more files");
            },
            1);
    assertEquals(Optional.empty(), unopened.now());
    unopened.close();
  }
}
