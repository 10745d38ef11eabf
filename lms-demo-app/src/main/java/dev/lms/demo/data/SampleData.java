package dev.lms.demo.data;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/**
 * What a new database is filled with. Courses, programs and resources everywhere, so that a fresh
 * site shows something; in production they belong to no account. The accounts are for development
 * and testing: their passwords are their names. Their hashes are part of the file, salts and all,
 * so that the first start does not spend a second hashing what is no secret.
 */
final class SampleData {
  private static final int SCHEMA_VERSION = 1;

  private record Catalogue(List<Course> courses, List<Program> programs) {}

  private record Course(
      String code,
      String title,
      int credits,
      String teacher,
      List<String> tags,
      List<String> description,
      List<Resource> resources) {}

  private record Resource(String title, List<String> text) {}

  private record Program(
      String code, String title, List<String> description, List<String> courses) {}

  private record Account(String username, String name, String role, String password) {}

  private SampleData() {}

  /** Brings the schema and the samples in, where they are missing; true if anything was. */
  static boolean fill(Sql sql, boolean accounts) throws SQLException {
    long version = sql.number("PRAGMA user_version");
    if (version > SCHEMA_VERSION) {
      throw new DatabaseException(
          "the database has schema version "
              + version
              + ", this program knows "
              + SCHEMA_VERSION
              + "; run the newer program, or point DATABASE_URL at another file");
    }
    boolean created = version == 0;
    if (created) {
      sql.script(resource("schema.sql"));
      addCatalogue(sql);
      sql.script("PRAGMA user_version=" + SCHEMA_VERSION);
    }
    boolean addAccounts = accounts && !sql.exists("SELECT 1 FROM users WHERE sample = 1");
    if (addAccounts) {
      addAccounts(sql);
    }
    return created || addAccounts;
  }

  private static void addCatalogue(Sql sql) throws SQLException {
    Catalogue catalogue = new Gson().fromJson(resource("catalogue.json"), Catalogue.class);
    for (Course course : catalogue.courses()) {
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
      for (Resource resource : course.resources()) {
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
    int programPosition = 0;
    for (Program program : catalogue.programs()) {
      programPosition++;
      sql.update(
          "INSERT INTO programs (code, position, title, description) VALUES (?, ?, ?, ?)",
          program.code(),
          programPosition,
          program.title(),
          paragraphs(program.description()));
      int position = 0;
      for (String course : program.courses()) {
        position++;
        sql.update(
            "INSERT INTO program_courses (program, position, course) VALUES (?, ?, ?)",
            program.code(),
            position,
            course);
      }
    }
  }

  /** An instructor edits the courses that carry their name. */
  private static void addAccounts(Sql sql) throws SQLException {
    Account[] accounts = new Gson().fromJson(resource("accounts.json"), Account[].class);
    for (Account account : accounts) {
      sql.update(
          "INSERT INTO users (username, name, role, password, sample) VALUES (?, ?, ?, ?, 1)",
          account.username(),
          account.name(),
          account.role(),
          account.password());
      if (account.role().equals("instructor")) {
        sql.update(
            "UPDATE courses SET instructor = ? WHERE teacher = ? AND instructor IS NULL",
            account.username(),
            account.name());
      }
    }
  }

  private static String paragraphs(List<String> paragraphs) {
    return String.join("\n\n", paragraphs);
  }

  private static String resource(String name) {
    try (InputStream in = SampleData.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new DatabaseException("the program is incomplete: " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DatabaseException("cannot read " + name, e);
    }
  }
}
