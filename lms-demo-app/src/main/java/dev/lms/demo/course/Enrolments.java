// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.data.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Who takes which course. */
public final class Enrolments {
  private final Database database;
  private final InstantSource clock;

  /** Reads and writes the given database. */
  public Enrolments(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Someone who takes a course. */
  public record Student(String username, String name, Instant since) {}

  /** Enrols a person; false if they already were. The course and the person must exist. */
  public boolean add(String course, String username) {
    return database.write(
        sql ->
            sql.update(
                    "INSERT INTO enrolments (course, username, enrolled_at) VALUES (?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                    course,
                    username,
                    clock.instant().toEpochMilli())
                == 1);
  }

  /** Whether a person takes a course. */
  public boolean contains(String course, String username) {
    return database.read(
        sql ->
            sql.exists(
                "SELECT 1 FROM enrolments WHERE course = ? AND username = ?", course, username));
  }

  /** Lets a person leave a course; false if they did not take it. */
  public boolean remove(String course, String username) {
    return database.write(
        sql ->
            sql.update("DELETE FROM enrolments WHERE course = ? AND username = ?", course, username)
                == 1);
  }

  /** Who takes the course, by name. For its instructor only. */
  public List<Student> ofCourse(String course) {
    return database.read(
        sql ->
            sql.list(
                row ->
                    new Student(
                        row.getString("username"),
                        row.getString("name"),
                        Instant.ofEpochMilli(row.getLong("enrolled_at"))),
                "SELECT username, name, enrolled_at FROM enrolments JOIN users USING (username)"
                    + " WHERE course = ? ORDER BY lower(name), username",
                course));
  }
}
