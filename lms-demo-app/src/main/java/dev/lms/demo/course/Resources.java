// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.data.Database;
import dev.lms.demo.data.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The lessons of the courses, and changes of them. */
public final class Resources {
  private static final String COLUMNS = "SELECT id, course, position, title, body FROM resources ";

  private final Database database;

  /** Reads and writes the given database. */
  public Resources(Database database) {
    this.database = database;
  }

  /** The lesson with this id. */
  public Optional<Resource> find(String id) {
    return database.read(sql -> sql.first(Resources::resource, COLUMNS + "WHERE id = ?", id));
  }

  /** The lessons of a course, in reading order. */
  public List<Resource> ofCourse(String code) {
    return database.read(
        sql -> sql.list(Resources::resource, COLUMNS + "WHERE course = ? ORDER BY position", code));
  }

  /** Adds a lesson at the end of a course; returns its id. */
  public String add(String course, String title, String body) {
    return database.write(
        sql -> {
          List<String> ids = ids(sql, course);
          int number = ids.size() + 1;
          while (sql.exists("SELECT 1 FROM resources WHERE id = ?", course + "-" + number)) {
            number++;
          }
          String id = course + "-" + number;
          sql.update(
              "INSERT INTO resources (id, course, position, title, body) VALUES (?, ?, ?, ?, ?)",
              id,
              course,
              ids.size() + 1,
              title,
              body);
          Search.refresh(sql, course);
          return id;
        });
  }

  /**
   * Changes what a lesson says.
   *
   * @param seen the {@linkplain Resource#version version} that the editor saw; empty to change
   *     whatever is there
   */
  public Edited<Resource> edit(Resource lesson, String title, String body, Optional<String> seen) {
    return database.write(
        sql -> {
          // Changes nothing, and lets nobody else edit the lesson between this and the end.
          if (sql.update("UPDATE resources SET id = id WHERE id = ?", lesson.id()) == 0) {
            return new Edited.Gone<>();
          }
          Resource stored =
              sql.first(Resources::resource, COLUMNS + "WHERE id = ?", lesson.id()).orElseThrow();
          boolean same = title.equals(stored.title()) && body.equals(stored.body());
          if (!same && seen.filter(version -> !version.equals(stored.version())).isPresent()) {
            return new Edited.Conflict<>(stored);
          }
          sql.update(
              "UPDATE resources SET title = ?, body = ? WHERE id = ?", title, body, lesson.id());
          Search.refresh(sql, lesson.course());
          return new Edited.Stored<>(Set.of());
        });
  }

  /** Moves a lesson before the one ahead of it, or behind the next; false at either end. */
  public boolean move(Resource lesson, boolean up) {
    return database.write(
        sql -> {
          List<String> ids = new ArrayList<>(ids(sql, lesson.course()));
          int from = ids.indexOf(lesson.id());
          int to = from + (up ? -1 : 1);
          if (from < 0 || to < 0 || to >= ids.size()) {
            return false;
          }
          Collections.swap(ids, from, to);
          number(sql, lesson.course(), ids);
          return true;
        });
  }

  /** Removes a lesson, and what people noted of it; false if it was gone. */
  public boolean remove(Resource lesson) {
    return database.write(
        sql -> {
          int found = sql.update("DELETE FROM resources WHERE id = ?", lesson.id());
          number(sql, lesson.course(), ids(sql, lesson.course()));
          Search.refresh(sql, lesson.course());
          return found == 1;
        });
  }

  private static List<String> ids(Sql sql, String course) throws SQLException {
    return sql.list(
        row -> row.getString(1),
        "SELECT id FROM resources WHERE course = ? ORDER BY position",
        course);
  }

  /** Two lessons never have the same number, not even for a moment: first out of the way. */
  private static void number(Sql sql, String course, List<String> ids) throws SQLException {
    sql.update("UPDATE resources SET position = -position WHERE course = ?", course);
    int position = 0;
    for (String id : ids) {
      position++;
      sql.update("UPDATE resources SET position = ? WHERE id = ?", position, id);
    }
  }

  private static Resource resource(ResultSet row) throws SQLException {
    return new Resource(
        row.getString("id"),
        row.getString("course"),
        row.getInt("position"),
        row.getString("title"),
        row.getString("body"));
  }
}
