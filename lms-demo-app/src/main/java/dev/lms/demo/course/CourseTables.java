package dev.lms.demo.course;

import com.google.gson.Gson;
import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import java.sql.SQLException;
import java.util.List;

/** Courses, their pages, and who takes them. In production they belong to no account. */
final class CourseTables implements Tables {
  private record SampleCourse(
      String code,
      String title,
      int credits,
      String teacher,
      List<String> tags,
      List<String> description,
      List<SampleResource> resources) {}

  private record SampleResource(String title, List<String> text) {}

  @Override
  public void create(Sql sql) throws SQLException {
    sql.script(Tables.resource(CourseTables.class, "tables.sql"));
    String json = Tables.resource(CourseTables.class, "courses.json");
    for (SampleCourse course : new Gson().fromJson(json, SampleCourse[].class)) {
      add(sql, course);
    }
  }

  private static void add(Sql sql, SampleCourse course) throws SQLException {
    sql.update(
        "INSERT INTO courses (code, title, description, credits, teacher) VALUES (?, ?, ?, ?, ?)",
        course.code(),
        course.title(),
        paragraphs(course.description()),
        course.credits(),
        course.teacher());
    for (String tag : course.tags()) {
      sql.update("INSERT INTO course_tags (course, tag) VALUES (?, ?)", course.code(), tag);
    }
    int position = 0;
    for (SampleResource resource : course.resources()) {
      position++;
      sql.update(
          "INSERT INTO resources (id, course, position, title, body) VALUES (?, ?, ?, ?, ?)",
          course.code() + "-" + position,
          course.code(),
          position,
          resource.title(),
          paragraphs(resource.text()));
    }
  }

  private static String paragraphs(List<String> paragraphs) {
    return String.join("\n\n", paragraphs);
  }

  /** An instructor edits the courses that carry their name. */
  @Override
  public void addSampleAccounts(Sql sql) throws SQLException {
    sql.update(
        """
        UPDATE courses SET instructor = u.username FROM users u
        WHERE u.sample = 1 AND u.role = 'instructor' AND u.name = teacher AND instructor IS NULL
        """);
  }
}
