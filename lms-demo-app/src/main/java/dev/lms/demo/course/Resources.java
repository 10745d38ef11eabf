package dev.lms.demo.course;

import dev.lms.demo.data.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The pages of the courses. */
public final class Resources {
  private static final String COLUMNS = "SELECT id, course, position, title, body FROM resources ";

  private final Database database;

  /** Reads the given database. */
  public Resources(Database database) {
    this.database = database;
  }

  Optional<Resource> find(String id) {
    return database.read(sql -> sql.first(Resources::resource, COLUMNS + "WHERE id = ?", id));
  }

  /** The pages of a course, in reading order. */
  List<Resource> ofCourse(String code) {
    return database.read(
        sql -> sql.list(Resources::resource, COLUMNS + "WHERE course = ? ORDER BY position", code));
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
