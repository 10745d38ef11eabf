package dev.lms.demo.course;

import dev.lms.demo.data.Database;
import dev.lms.demo.data.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The catalogue. */
public final class Courses {
  private static final String COLUMNS =
      """
      SELECT code, title, description, credits, teacher, instructor,
             (SELECT group_concat(tag, ' ' ORDER BY tag) FROM course_tags WHERE course = code) tags
      FROM courses
      """;

  private final Database database;

  /** Reads and writes the given database. */
  public Courses(Database database) {
    this.database = database;
  }

  /** The course with this code. */
  public Optional<Course> find(String code) {
    return database.read(sql -> sql.first(Courses::course, COLUMNS + "WHERE code = ?", code));
  }

  /** The codes of the first courses, by title. */
  public List<String> codes(int most) {
    return database.read(
        sql ->
            sql.list(
                row -> row.getString("code"),
                "SELECT code FROM courses ORDER BY title COLLATE NOCASE, code LIMIT ?",
                most));
  }

  /** The courses of a program, in its order. */
  public List<Course> ofProgram(String program) {
    return database.read(
        sql ->
            sql.list(
                Courses::course,
                COLUMNS
                    + "JOIN program_courses ON course = code WHERE program = ? ORDER BY position",
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

  /** The courses a person teaches, by title. */
  public List<Course> ofInstructor(String username) {
    return database.read(
        sql ->
            sql.list(
                Courses::course,
                COLUMNS + "WHERE instructor = ? ORDER BY title COLLATE NOCASE, code",
                username));
  }

  /** The first courses with a tag, by title. */
  public List<Course> withTag(String tag, int most) {
    return database.read(
        sql ->
            sql.list(
                Courses::course,
                COLUMNS
                    + "JOIN course_tags ON course = code WHERE tag = ?"
                    + " ORDER BY title COLLATE NOCASE, code LIMIT ?",
                tag,
                most));
  }

  /**
   * A page of all courses, or of those with a tag, by title.
   *
   * @param number counted from 1; a page past the last one is empty
   */
  CoursePage page(Optional<String> tag, int number) {
    String where =
        tag.isPresent()
            ? "WHERE EXISTS (SELECT 1 FROM course_tags WHERE course = code AND tag = ?)"
            : "WHERE ? IS NULL";
    String wanted = tag.orElse(null);
    return database.read(
        sql -> {
          long total = sql.number("SELECT count(*) FROM courses " + where, wanted);
          List<Course> courses =
              sql.list(
                  Courses::course,
                  COLUMNS + where + " ORDER BY title COLLATE NOCASE, code LIMIT ? OFFSET ?",
                  wanted,
                  CoursePage.SIZE,
                  (number - 1L) * CoursePage.SIZE);
          return new CoursePage(courses, number, Math.toIntExact(total));
        });
  }

  /** The tags in use, the most used first. */
  List<String> tags(int most) {
    return database.read(
        sql ->
            sql.list(
                row -> row.getString(1),
                "SELECT tag FROM course_tags GROUP BY tag ORDER BY count(*) DESC, tag LIMIT ?",
                most));
  }

  /**
   * Stores an edit.
   *
   * @return the programs that show the course, or nothing if there is no such course
   */
  Optional<Set<String>> edit(String code, Edit edit) {
    return database.write(
        sql -> {
          int found =
              sql.update(
                  "UPDATE courses SET title = coalesce(?, title),"
                      + " description = coalesce(?, description) WHERE code = ?",
                  edit.title().orElse(null),
                  edit.description().orElse(null),
                  code);
          if (found == 0) {
            return Optional.empty();
          }
          if (edit.tags().isPresent()) {
            replaceTags(sql, code, edit.tags().get());
          }
          return Optional.of(
              Set.copyOf(
                  sql.list(
                      row -> row.getString(1),
                      "SELECT program FROM program_courses WHERE course = ?",
                      code)));
        });
  }

  private static void replaceTags(Sql sql, String code, List<String> tags) throws SQLException {
    sql.update("DELETE FROM course_tags WHERE course = ?", code);
    for (String tag : new LinkedHashSet<>(tags)) {
      sql.update("INSERT INTO course_tags (course, tag) VALUES (?, ?)", code, tag);
    }
  }

  private static Course course(ResultSet row) throws SQLException {
    String tags = row.getString("tags");
    return new Course(
        row.getString("code"),
        row.getString("title"),
        row.getString("description"),
        tags == null ? List.of() : List.of(tags.split(" ")),
        row.getInt("credits"),
        row.getString("teacher"),
        Optional.ofNullable(row.getString("instructor")));
  }
}
