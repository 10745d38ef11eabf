package dev.lms.demo.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.data.Database;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoursesTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir Path folder;
  private Database database;
  private Courses courses;

  @BeforeEach
  void open() {
    database = open(folder);
    courses = new Courses(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Database open(Path folder) {
    return Database.open("jdbc:sqlite:" + folder.resolve("lms.db"), 2, TestTables.ALL, true);
  }

  private static Edit title(String title) {
    return new Edit(Optional.of(title), Optional.empty(), Optional.empty());
  }

  @Test
  void pagesHoldAtMostTwentyAndEveryCourseOnce() {
    Set<String> seen = new HashSet<>();
    int number = 1;
    CoursePage page = courses.page(Optional.empty(), number);
    while (!page.courses().isEmpty()) {
      assertTrue(page.courses().size() <= 20);
      page.courses().forEach(c -> assertTrue(seen.add(c.code()), c.code() + " twice"));
      number++;
      page = courses.page(Optional.empty(), number);
    }
    assertEquals(page.total(), seen.size());
    assertEquals(page.last(), number - 1);
  }

  @Test
  void equalTitlesKeepAStableOrder() {
    for (Course course : courses.page(Optional.empty(), 1).courses()) {
      courses.edit(course.code(), title("The same"));
    }
    List<Course> first = courses.page(Optional.empty(), 2).courses();
    assertEquals(first, courses.page(Optional.empty(), 2).courses());
  }

  @Test
  void aTagSelects() {
    CoursePage page = courses.page(Optional.of("python"), 1);
    assertFalse(page.courses().isEmpty());
    page.courses().forEach(c -> assertTrue(c.tags().contains("python"), c.code()));
    assertEquals(page.courses().size(), page.total());
    assertEquals(0, courses.page(Optional.of("' OR 1=1 --"), 1).total());
  }

  @Test
  void aPagePastTheEndIsEmpty() {
    CoursePage page = courses.page(Optional.empty(), 1_000_000);
    assertEquals(List.of(), page.courses());
    assertTrue(page.total() >= 40);
  }

  @Test
  void anEditLeavesAloneWhatIsAbsent() {
    Course before = courses.find("web101").orElseThrow();
    assertEquals(
        Optional.of(Set.of("webdev")), courses.edit("web101", title("How the web worked")));
    Course after = courses.find("web101").orElseThrow();
    assertEquals("How the web worked", after.title());
    assertEquals(before.description(), after.description());
    assertEquals(before.tags(), after.tags());

    courses.edit(
        "web101", new Edit(Optional.empty(), Optional.of("Short."), Optional.of(List.of())));
    Course last = courses.find("web101").orElseThrow();
    assertEquals("How the web worked", last.title());
    assertEquals("Short.", last.description());
    assertEquals(List.of(), last.tags());
  }

  @Test
  void anEditOfNoCourseIsEmpty() {
    assertEquals(Optional.empty(), courses.edit("none", title("x")));
    assertEquals(Optional.empty(), courses.find("none"));
  }

  @Test
  void whatPeopleWriteIsNeverSql() {
    String hostile = "'; DROP TABLE courses; --\"%_\\";
    courses.edit("web101", new Edit(Optional.of(hostile), Optional.of(hostile), Optional.empty()));
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
                    writer.edit(code, title("Edit " + n));
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
  void resourcesComeInReadingOrder() {
    Resources resources = new Resources(database);
    List<Resource> all = resources.ofCourse("py101");
    assertEquals(List.of("py101-1", "py101-2"), all.stream().map(Resource::id).toList());
    assertEquals(Optional.of(all.get(1)), resources.find("py101-2"));
    assertEquals(Optional.empty(), resources.find("py101-99"));
  }
}
