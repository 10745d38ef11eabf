// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.program;

import com.google.gson.Gson;
import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import java.sql.SQLException;
import java.util.List;

/** Programs and the order of their courses. */
final class ProgramTables implements Tables {
  private record Sample(
      String code, String title, List<String> description, List<String> courses) {}

  @Override
  public void create(Sql sql) throws SQLException {
    sql.script(Tables.resource(ProgramTables.class, "tables.sql"));
  }

  @Override
  public void addSampleCatalogue(Sql sql) throws SQLException {
    String json = Tables.resource(ProgramTables.class, "programs.json");
    int programPosition = 0;
    for (Sample program : new Gson().fromJson(json, Sample[].class)) {
      programPosition++;
      if (sql.exists("SELECT 1 FROM programs WHERE code = ?", program.code())) {
        continue;
      }
      sql.update(
          "INSERT INTO programs (code, position, title, description) VALUES (?, ?, ?, ?)",
          program.code(),
          programPosition,
          program.title(),
          String.join("\n\n", program.description()));
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
}
