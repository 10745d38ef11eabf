// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Courses, their pages, and who takes them. In production they belong to no account. */
final class CourseTables implements Tables {
  private record SampleCourse(
      String code,
      String title,
      int credits,
      String level,
      String teacher,
      List<String> tags,
      List<String> description,
      List<SampleResource> resources) {

    /** By hand: at a first start reflection would cost more than all else that is done here. */
    static SampleCourse of(JsonObject json) {
      return new SampleCourse(
          json.get("code").getAsString(),
          json.get("title").getAsString(),
          json.get("credits").getAsInt(),
          json.get("level").getAsString(),
          json.get("teacher").getAsString(),
          strings(json.getAsJsonArray("tags")),
          strings(json.getAsJsonArray("description")),
          json.getAsJsonArray("resources").asList().stream()
              .map(resource -> SampleResource.of(resource.getAsJsonObject()))
              .toList());
    }
  }

  private record SampleResource(String title, @Nullable List<String> text) {
    static SampleResource of(JsonObject json) {
      JsonArray text = json.getAsJsonArray("text");
      return new SampleResource(
          json.get("title").getAsString(), text == null ? null : strings(text));
    }
  }

  private static List<String> strings(JsonArray array) {
    return array.asList().stream().map(JsonElement::getAsString).toList();
  }

  @Override
  public void create(Sql sql) throws SQLException {
    sql.script(Tables.resource(CourseTables.class, "tables.sql"));
    Search.create(sql);
  }

  @Override
  public void addSampleCatalogue(Sql sql) throws SQLException {
    String json = Tables.resource(CourseTables.class, "courses.json");
    for (JsonElement each : JsonParser.parseString(json).getAsJsonArray()) {
      SampleCourse course = SampleCourse.of(each.getAsJsonObject());
      if (!sql.exists("SELECT 1 FROM courses WHERE code = ?", course.code())) {
        add(sql, course);
        Search.refresh(sql, course.code());
      }
    }
  }

  @Override
  public void upgrade(Sql sql, long from) throws SQLException {
    if (from < 2) {
      sql.script(Tables.resource(CourseTables.class, "upgrade-2.sql"));
      Search.create(sql);
    }
  }

  @Override
  public void forget(Sql sql, String username) throws SQLException {
    sql.update("DELETE FROM enrolments WHERE username = ?", username);
    sql.update("UPDATE courses SET instructor = NULL WHERE instructor = ?", username);
  }

  private static void add(Sql sql, SampleCourse course) throws SQLException {
    sql.update(
        "INSERT INTO courses (code, title, description, credits, level, state, teacher)"
            + " VALUES (?, ?, ?, ?, ?, 'published', ?)",
        course.code(),
        course.title(),
        paragraphs(course.description()),
        course.credits(),
        course.level(),
        course.teacher());
    for (String tag : course.tags()) {
      sql.update("INSERT INTO course_tags (course, tag) VALUES (?, ?)", course.code(), tag);
    }
    int position = 0;
    for (SampleResource resource : course.resources()) {
      position++;
      String id = course.code() + "-" + position;
      sql.update(
          "INSERT INTO resources (id, course, position, title, body) VALUES (?, ?, ?, ?, ?)",
          id,
          course.code(),
          position,
          resource.title(),
          text(id, resource));
    }
  }

  /** Where the list of courses does not say it, it is a file of its own. */
  private static String text(String id, SampleResource resource) {
    return resource.text() == null
        ? Tables.resource(CourseTables.class, "lessons/" + id.replace('-', '/') + ".md").strip()
        : paragraphs(resource.text());
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
        WHERE u.sample = 1 AND u.roles = 'instructor' AND u.name = teacher AND instructor IS NULL
        """);
  }
}
