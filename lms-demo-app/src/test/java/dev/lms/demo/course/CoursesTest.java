// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.account.Users;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.Samples;
import dev.lms.demo.data.TestTables;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoursesTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir Path folder;
  private Database database;
  private Courses courses;
  private Catalogue catalogue;

  @BeforeEach
  void open() {
    database = open(folder);
    courses = new Courses(database);
    catalogue = new Catalogue(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** A new one for each folder. */
  String url(Path folder) {
    return "jdbc:sqlite:" + folder.resolve("lms.db");
  }

  private Database open(Path folder) {
    return Database.open(url(folder), 2, TestTables.ALL, Samples.ACCOUNTS);
  }

  private static Edit title(String title) {
    return new Edit(
        Optional.of(title), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Test
  void pagesHoldAtMostTwentyAndEveryCourseOnce() {
    Set<String> seen = new HashSet<>();
    int last = catalogue.page(Filter.ALL, 1).last();
    for (int number = 1; number <= last; number++) {
      CoursePage page = catalogue.page(Filter.ALL, number);
      assertTrue(page.courses().size() <= 20);
      page.courses().forEach(c -> assertTrue(seen.add(c.code()), c.code() + " twice"));
    }
    assertEquals(catalogue.page(Filter.ALL, 1).total(), seen.size());
    assertTrue(last > 1);
  }

  @Test
  void equalTitlesKeepAStableOrder() {
    for (Course course : catalogue.page(Filter.ALL, 1).courses()) {
      courses.edit(course.code(), title("The same"), Optional.empty());
    }
    List<Course> first = catalogue.page(Filter.ALL, 2).courses();
    assertEquals(first, catalogue.page(Filter.ALL, 2).courses());
  }

  @Test
  void aTagSelects() {
    CoursePage page = catalogue.page(Filter.tagged("python"), 1);
    assertFalse(page.courses().isEmpty());
    page.courses().forEach(c -> assertTrue(c.tags().contains("python"), c.code()));
    assertEquals(page.courses().size(), page.total());
    assertEquals(0, catalogue.page(Filter.tagged("' OR 1=1 --"), 1).total());
  }

  @Test
  void aPagePastTheEndIsTheLastOne() {
    CoursePage page = catalogue.page(Filter.ALL, 1_000_000);
    assertEquals(page.last(), page.number());
    assertFalse(page.courses().isEmpty());
    assertTrue(page.total() >= 40);
  }

  @Test
  void anEditLeavesAloneWhatIsAbsent() {
    Course before = courses.find("web101").orElseThrow();
    assertEquals(
        new Edited.Stored<>(Set.of("webdev")),
        courses.edit("web101", title("How the web worked"), Optional.empty()));
    Course after = courses.find("web101").orElseThrow();
    assertEquals("How the web worked", after.title());
    assertEquals(before.description(), after.description());
    assertEquals(before.tags(), after.tags());

    courses.edit(
        "web101",
        new Edit(
            Optional.empty(),
            Optional.of("Short."),
            Optional.of(List.of()),
            Optional.empty(),
            Optional.empty()),
        Optional.empty());
    Course last = courses.find("web101").orElseThrow();
    assertEquals("How the web worked", last.title());
    assertEquals("Short.", last.description());
    assertEquals(List.of(), last.tags());
  }

  @Test
  void anEditOfNoCourseIsEmpty() {
    assertEquals(new Edited.Gone<>(), courses.edit("none", title("x"), Optional.empty()));
    assertEquals(Optional.empty(), courses.find("none"));
  }

  @Test
  void whatPeopleWriteIsNeverSql() {
    String hostile = "'; DROP TABLE courses; --\"%_\\";
    courses.edit(
        "web101",
        new Edit(
            Optional.of(hostile),
            Optional.of(hostile),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        Optional.empty());
    assertEquals(hostile, courses.find("web101").orElseThrow().title());
    assertEquals(hostile, courses.find("web101").orElseThrow().description());
  }

  @Test
  void editsThroughTwoDatabasesAreSeenAtOnceByTheOther() throws Exception {
    try (Database second = open(folder);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Courses other = new Courses(second);
      List<Future<?>> editors = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Courses writer = i % 2 == 0 ? courses : other;
        Courses reader = i % 2 == 0 ? other : courses;
        String code =
            List.of("py101", "py201", "py301", "web101", "web102", "web103", "web201", "web202")
                .get(i);
        editors.add(
            callers.submit(
                () -> {
                  for (int n = 0; n < 25; n++) {
                    writer.edit(code, title("Edit " + n), Optional.empty());
                    assertEquals("Edit " + n, reader.find(code).orElseThrow().title());
                  }
                }));
      }
      for (Future<?> editor : editors) {
        editor.get();
      }
    }
  }

  @Test
  void ofEditorsWhoSawTheSameCourseOneStores() throws Exception {
    Optional<String> seen = Optional.of(courses.find("web101").orElseThrow().version());
    try (Database second = open(folder);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Courses> workers = List.of(courses, new Courses(second));
      List<Future<Edited<Course>>> editors = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Courses worker = workers.get(i % 2);
        Edit edit = title("Edit " + i);
        editors.add(callers.submit(() -> worker.edit("web101", edit, seen)));
      }
      int stored = 0;
      for (Future<Edited<Course>> editor : editors) {
        if (editor.get() instanceof Edited.Conflict<Course> conflict) {
          assertEquals(courses.find("web101").orElseThrow(), conflict.stored());
        } else {
          stored++;
        }
      }
      assertEquals(1, stored);
    }
  }

  @Test
  void anEditThatIsStoredAlreadyIsNoConflict() {
    Optional<String> seen = Optional.of(courses.find("web101").orElseThrow().version());
    courses.edit("web101", title("Twice"), seen);
    assertEquals(
        new Edited.Stored<>(Set.of("webdev")), courses.edit("web101", title("Twice"), seen));
  }

  @Test
  void enrolmentsCountOnceAndCarryTheirTime() {
    Enrolments enrolments = new Enrolments(database, InstantSource.fixed(NOON));
    assertFalse(enrolments.contains("py101", "student2"));
    assertTrue(enrolments.add("py101", "student2"));
    assertFalse(enrolments.add("py101", "student2"));
    assertTrue(enrolments.add("py101", "student1"));
    assertTrue(enrolments.contains("py101", "student2"));
    assertFalse(enrolments.contains("py201", "student2"));
    List<Enrolments.Student> students = enrolments.ofCourse("py101");
    assertEquals(
        List.of("student1", "student2"), students.stream().map(s -> s.username()).toList());
    assertEquals(NOON, students.getFirst().since());
    assertEquals("py101", courses.ofStudent("student2").getFirst().code());
  }

  @Test
  void aDatabaseOfTheFirstVersionIsBroughtUpToDate() {
    courses.edit("web101", title("Quokka keeping"), Optional.empty());
    database.write(
        sql -> {
          sql.script(
              """
              DROP TABLE course_search;
              DROP TABLE lesson_progress;
              ALTER TABLE courses DROP COLUMN level;
              ALTER TABLE courses DROP COLUMN state;
              ALTER TABLE courses DROP COLUMN published_at;
              ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT '';
              UPDATE users SET role = roles;
              ALTER TABLE users DROP COLUMN roles;
              ALTER TABLE users DROP COLUMN disabled;
              PRAGMA user_version=1;
              """);
          return true;
        });
    try (Database upgraded = open(folder)) {
      Course course = new Courses(upgraded).find("web101").orElseThrow();
      assertEquals("Quokka keeping", course.title());
      assertEquals(State.PUBLISHED, course.state());
      assertEquals(Level.ADVANCED, new Courses(upgraded).find("web301").orElseThrow().level());
      assertEquals(
          Set.of("instructor"),
          new Users(upgraded, true).account("instructor").orElseThrow().roles());
      Filter search =
          new Filter(Optional.of("quokka"), Optional.empty(), Optional.empty(), Optional.empty());
      assertEquals(
          List.of("web101"),
          new Catalogue(upgraded).page(search, 1).courses().stream().map(Course::code).toList());
    }
  }

  @Test
  void lessonsOfTheProgramsAreWorthReading() {
    Resources resources = new Resources(database);
    Set<String> files = new HashSet<>();
    for (Course course :
        Stream.of("webdev", "dataanalyst", "reliable")
            .flatMap(p -> courses.ofProgram(p).stream())
            .toList()) {
      for (Resource lesson : resources.ofCourse(course.code())) {
        int words = lesson.body().split("\\s+").length;
        assertTrue(words >= 250 && words <= 500, lesson.id() + " has " + words + " words");
        assertTrue(lesson.body().contains("```") && lesson.body().contains("|---"), lesson.id());
        assertFalse(
            lesson.body().matches("(?s).*\\b(handout|attached|lecture|sample project)\\b.*"),
            lesson.id() + " speaks of what is not there");
        files.add(lesson.id());
      }
    }
    assertTrue(files.size() >= 41, files.toString());
  }

  @Test
  void resourcesComeInReadingOrder() {
    Resources resources = new Resources(database);
    List<Resource> all = resources.ofCourse("py101");
    assertEquals(List.of("py101-1", "py101-2"), all.stream().map(Resource::id).toList());
    assertEquals(Optional.of(all.get(1)), resources.find("py101-2"));
    assertEquals(Optional.empty(), resources.find("py101-99"));
  }
}
