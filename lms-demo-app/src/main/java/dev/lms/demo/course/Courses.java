// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.data.Database;
import dev.lms.demo.data.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The courses, and changes of them. */
public final class Courses {
  static final String COLUMNS =
      """
      SELECT code, title, description, credits, level, state, teacher, instructor,
             (SELECT string_agg(tag, ' ' ORDER BY tag) FROM course_tags WHERE course = code) tags
      FROM courses
      """;

  private static final String PUBLISHED = " AND state = 'published'";

  private final Database database;

  /** Reads and writes the given database. */
  public Courses(Database database) {
    this.database = database;
  }

  /** The course with this code. */
  public Optional<Course> find(String code) {
    return database.read(sql -> sql.first(Courses::course, COLUMNS + "WHERE code = ?", code));
  }

  /** The codes of the first published courses, by title. */
  public List<String> codes(int most) {
    return database.read(
        sql ->
            sql.list(
                row -> row.getString("code"),
                "SELECT code FROM courses WHERE state = 'published'"
                    + " ORDER BY lower(title), code LIMIT ?",
                most));
  }

  /** The courses of a program that everybody may see, in its order. */
  public List<Course> ofProgram(String program) {
    return database.read(
        sql ->
            sql.list(
                Courses::course,
                COLUMNS
                    + "JOIN program_courses ON course = code WHERE program = ?"
                    + " AND state <> 'draft' ORDER BY position",
                program));
  }

  /** The courses a person is enrolled in, the newest enrolment first. */
  public List<Course> ofStudent(String username) {
    return database.read(
        sql ->
            sql.list(
                Courses::course,
                COLUMNS
                    + "JOIN enrolments ON course = code WHERE username = ?"
                    + " ORDER BY enrolled_at DESC, code",
                username));
  }

  /** The courses a person teaches, drafts and all, by title. */
  public List<Course> ofInstructor(String username) {
    return database.read(
        sql ->
            sql.list(
                Courses::course,
                COLUMNS + "WHERE instructor = ? ORDER BY lower(title), code",
                username));
  }

  /** The first published courses of a level, by title. */
  public List<Course> ofLevel(Level level, int most) {
    return database.read(
        sql ->
            sql.list(
                Courses::course,
                COLUMNS + "WHERE level = ?" + PUBLISHED + " ORDER BY lower(title), code LIMIT ?",
                level.token(),
                most));
  }

  /**
   * Begins a course, as a draft.
   *
   * @param username who may edit it, and whose name readers see
   * @return false if there is a course with this code
   */
  public boolean begin(String code, Edit edit, String username) {
    return database.write(
        sql -> {
          int added =
              sql.update(
                  "INSERT INTO courses"
                      + " (code, title, description, credits, level, state, teacher, instructor)"
                      + " SELECT ?, ?, ?, ?, ?, 'draft', name, username FROM users"
                      + " WHERE username = ? ON CONFLICT DO NOTHING",
                  code,
                  edit.title().orElse(code),
                  edit.description().orElse(""),
                  edit.credits().orElse(1),
                  edit.level().orElse(Level.BEGINNER).token(),
                  username);
          if (added == 1) {
            replaceTags(sql, code, edit.tags().orElse(List.of()));
            Search.refresh(sql, code);
          }
          return added == 1;
        });
  }

  /**
   * Stores an edit.
   *
   * @param seen the {@linkplain Course#version version} that the editor saw; empty to edit whatever
   *     is there
   */
  public Edited<Course> edit(String code, Edit edit, Optional<String> seen) {
    return database.write(
        sql -> {
          // Changes nothing, and lets nobody else edit the course between this and the end.
          if (sql.update("UPDATE courses SET code = code WHERE code = ?", code) == 0) {
            return new Edited.Gone<>();
          }
          Course stored =
              sql.first(Courses::course, COLUMNS + "WHERE code = ?", code).orElseThrow();
          if (edit.isIn(stored)) {
            return new Edited.Stored<>(programs(sql, code));
          }
          if (seen.filter(version -> !version.equals(stored.version())).isPresent()) {
            return new Edited.Conflict<>(stored);
          }
          sql.update(
              "UPDATE courses SET title = coalesce(?, title),"
                  + " description = coalesce(?, description), credits = coalesce(?, credits),"
                  + " level = coalesce(?, level) WHERE code = ?",
              edit.title().orElse(null),
              edit.description().orElse(null),
              edit.credits().orElse(null),
              edit.level().map(Level::token).orElse(null),
              code);
          if (edit.tags().isPresent()) {
            replaceTags(sql, code, edit.tags().get());
          }
          Search.refresh(sql, code);
          return new Edited.Stored<>(programs(sql, code));
        });
  }

  /**
   * Publishes, archives, or takes back to a draft.
   *
   * @param now when it is published, in milliseconds since 1970 UTC
   * @return the programs that show the course
   */
  public Set<String> move(String code, State state, long now) {
    return database.write(
        sql -> {
          sql.update(
              "UPDATE courses SET state = ?,"
                  + " published_at = CASE WHEN ? = 'published' AND published_at = 0"
                  + " THEN ? ELSE published_at END WHERE code = ?",
              state.token(),
              state.token(),
              now,
              code);
          return programs(sql, code);
        });
  }

  private static Set<String> programs(Sql sql, String code) throws SQLException {
    return Set.copyOf(
        sql.list(
            row -> row.getString(1), "SELECT program FROM program_courses WHERE course = ?", code));
  }

  private static void replaceTags(Sql sql, String code, List<String> tags) throws SQLException {
    sql.update("DELETE FROM course_tags WHERE course = ?", code);
    for (String tag : new LinkedHashSet<>(tags)) {
      sql.update("INSERT INTO course_tags (course, tag) VALUES (?, ?)", code, tag);
    }
  }

  static Course course(ResultSet row) throws SQLException {
    String tags = row.getString("tags");
    return new Course(
        row.getString("code"),
        row.getString("title"),
        row.getString("description"),
        tags == null ? List.of() : List.of(tags.split(" ")),
        row.getInt("credits"),
        Level.of(row.getString("level")).orElse(Level.BEGINNER),
        State.of(row.getString("state")).orElse(State.DRAFT),
        row.getString("teacher"),
        Optional.ofNullable(row.getString("instructor")));
  }
}
