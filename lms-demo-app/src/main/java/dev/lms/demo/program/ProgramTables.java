// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.program;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import java.sql.SQLException;
import java.util.List;

/** Programs and the order of their courses. */
final class ProgramTables implements Tables {
  @Override
  public void create(Sql sql) throws SQLException {
    sql.script(Tables.resource(ProgramTables.class, "tables.sql"));
  }

  @Override
  public void addSampleCatalogue(Sql sql) throws SQLException {
    String json = Tables.resource(ProgramTables.class, "programs.json");
    int programPosition = 0;
    for (JsonElement each : JsonParser.parseString(json).getAsJsonArray()) {
      JsonObject program = each.getAsJsonObject();
      String code = program.get("code").getAsString();
      programPosition++;
      if (sql.exists("SELECT 1 FROM programs WHERE code = ?", code)) {
        continue;
      }
      sql.update(
          "INSERT INTO programs (code, position, title, description) VALUES (?, ?, ?, ?)",
          code,
          programPosition,
          program.get("title").getAsString(),
          String.join("\n\n", strings(program, "description")));
      int position = 0;
      for (String course : strings(program, "courses")) {
        position++;
        sql.update(
            "INSERT INTO program_courses (program, position, course) VALUES (?, ?, ?)",
            code,
            position,
            course);
      }
    }
  }

  private static List<String> strings(JsonObject json, String name) {
    return json.getAsJsonArray(name).asList().stream().map(JsonElement::getAsString).toList();
  }
}
