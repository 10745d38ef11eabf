// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import java.sql.SQLException;

/**
 * Accounts. The sample accounts are for development and testing: their passwords are their names.
 * Their hashes are part of the file, salts and all, and quick to check: nothing is to be gained by
 * guessing what is no secret.
 */
final class AccountTables implements Tables {
  @Override
  public void create(Sql sql) throws SQLException {
    sql.script(Tables.resource(AccountTables.class, "tables.sql"));
  }

  @Override
  public void upgrade(Sql sql, long from) throws SQLException {
    if (from < 2) {
      sql.script(Tables.resource(AccountTables.class, "upgrade-2.sql"));
    }
  }

  @Override
  public void addSampleAccounts(Sql sql) throws SQLException {
    if (sql.exists("SELECT 1 FROM users WHERE sample = 1")) {
      return;
    }
    String json = Tables.resource(AccountTables.class, "accounts.json");
    for (JsonElement each : JsonParser.parseString(json).getAsJsonArray()) {
      JsonObject account = each.getAsJsonObject();
      sql.update(
          "INSERT INTO users (username, name, roles, password, sample) VALUES (?, ?, ?, ?, 1)",
          account.get("username").getAsString(),
          account.get("name").getAsString(),
          account.get("role").getAsString(),
          account.get("password").getAsString());
    }
  }
}
