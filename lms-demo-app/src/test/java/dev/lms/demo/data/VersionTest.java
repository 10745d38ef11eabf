// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionTest {
  private static final String CREDITS = "SELECT sum(credits) FROM courses";

  @TempDir Path folder;

  @BeforeEach
  void fill() {
    open().close();
  }

  String url() {
    return "jdbc:sqlite:" + folder.resolve("lms.db");
  }

  final Database open() {
    return Database.open(url(), 4, TestTables.ALL, Samples.ACCOUNTS);
  }

  private static void change(Database database) {
    int changed = database.write(sql -> sql.update("UPDATE courses SET credits = credits + 1"));
    assertTrue(changed > 0);
  }

  static String version(Database database) {
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

  /** So what was read is not behind what anybody was told before the second look. */
  @Test
  void whileItStaysNoReportedChangeIsMissing() throws Exception {
    AtomicLong reported = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    try (Database database = open();
        Database other = open();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(threads.submit(() -> compare(database, reported, done)));
      }
      for (int i = 0; i < 200; i++) {
        change(other);
        reported.set(other.read(sql -> sql.number(CREDITS)));
      }
      done.set(true);
      int compared = 0;
      for (Future<Integer> reader : readers) {
        compared += reader.get(20, TimeUnit.SECONDS);
      }
      assertTrue(compared > 0, "it never stayed");
    }
  }

  private static int compare(Database database, AtomicLong reported, AtomicBoolean done) {
    int compared = 0;
    for (boolean last = false; !last; ) {
      last = done.get();
      String before = version(database);
      long credits = database.read(sql -> sql.number(CREDITS));
      long told = reported.get();
      if (before.equals(version(database))) {
        assertTrue(credits >= told, credits + " was read, and " + told + " reported");
        compared++;
      }
    }
    return compared;
  }
}
