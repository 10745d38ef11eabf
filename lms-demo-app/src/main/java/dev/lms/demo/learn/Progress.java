// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.course.Course;
import dev.lms.demo.course.Resources;
import dev.lms.demo.data.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which lessons people have done. */
public final class Progress {
  private final Database database;
  private final Resources resources;
  private final InstantSource clock;

  /** Reads and writes the given database. */
  public Progress(Database database, InstantSource clock) {
    this.database = database;
    this.resources = new Resources(database);
    this.clock = clock;
  }

  private record Row(
      String code, String title, String id, int position, String lesson, boolean done) {}

  /** How far somebody has come in a course. */
  Standing of(Course course, String username) {
    return Standing.of(
        course.code(), course.title(), resources.ofCourse(course.code()), done(username));
  }

  private Set<String> done(String username) {
    return database.read(
        sql ->
            new HashSet<>(
                sql.list(
                    row -> row.getString(1),
                    "SELECT resource FROM lesson_progress WHERE username = ?",
                    username)));
  }

  /** The courses somebody takes that have lessons, the newest enrolment first. */
  List<Standing> of(String username) {
    List<Row> rows =
        database.read(
            sql ->
                sql.list(
                    row ->
                        new Row(
                            row.getString("code"),
                            row.getString("course_title"),
                            row.getString("id"),
                            row.getInt("position"),
                            row.getString("title"),
                            row.getLong("done") > 0),
                    """
                    SELECT c.code, c.title AS course_title, r.id, r.position, r.title,
                           coalesce(p.done_at, 0) AS done
                    FROM enrolments e
                    JOIN courses c ON c.code = e.course
                    JOIN resources r ON r.course = c.code
                    LEFT JOIN lesson_progress p ON p.resource = r.id AND p.username = e.username
                    WHERE e.username = ?
                    ORDER BY e.enrolled_at DESC, c.code, r.position
                    """,
                    username));
    List<Standing> standings = new ArrayList<>();
    List<Standing.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      lessons.add(new Standing.Lesson(row.id(), row.position(), row.lesson(), row.done()));
      if (i + 1 == rows.size() || !rows.get(i + 1).code().equals(row.code())) {
        standings.add(new Standing(row.code(), row.title(), lessons));
        lessons.clear();
      }
    }
    return standings;
  }

  /** Notes that somebody has done a lesson; false if that was noted. */
  boolean done(String username, String lesson) {
    return database.write(
        sql ->
            sql.update(
                    "INSERT INTO lesson_progress (username, resource, done_at) VALUES (?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                    username,
                    lesson,
                    clock.instant().toEpochMilli())
                == 1);
  }

  /** Takes that back. */
  void undone(String username, String lesson) {
    database.write(
        sql ->
            sql.update(
                "DELETE FROM lesson_progress WHERE username = ? AND resource = ?",
                username,
                lesson));
  }
}
