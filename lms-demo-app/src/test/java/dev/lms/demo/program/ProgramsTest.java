// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.demo.course.Course;
import dev.lms.demo.course.Courses;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.Samples;
import dev.lms.demo.data.TestTables;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
  @TempDir Path folder;

  @Test
  void aProgramCountsItsCoursesAndKeepsTheirOrder() {
    try (Database database =
        Database.open(
            "jdbc:sqlite:" + folder.resolve("p.db"), 1, TestTables.ALL, Samples.ACCOUNTS)) {
      Programs programs = new Programs(database);
      Courses courses = new Courses(database);
      assertEquals(
          List.of("webdev", "dataanalyst", "reliable"),
          programs.all().stream().map(Program::code).toList());
      for (Program program : programs.all()) {
        List<Course> inside = courses.ofProgram(program.code());
        assertEquals(program.courses(), inside.size());
        assertEquals(program.credits(), inside.stream().mapToInt(Course::credits).sum());
        assertEquals(Optional.of(program), programs.find(program.code()));
      }
      assertEquals("web101", courses.ofProgram("webdev").getFirst().code());
      assertEquals(Optional.empty(), programs.find("none"));
    }
  }
}
