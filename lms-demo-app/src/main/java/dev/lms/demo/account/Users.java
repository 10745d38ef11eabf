// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import dev.lms.demo.data.Database;
import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The accounts. What changes here takes hold at the next sign-in; sessions that exist are the
 * business of whoever changes it.
 */
public final class Users {
  private static final String COLUMNS =
      "SELECT username, name, roles, password, disabled FROM users ";

  private final Database database;
  private final boolean sampleAccounts;

  /**
   * @param sampleAccounts whether accounts whose passwords are public may be used. In production
   *     they may not, even when the database file was first filled in development.
   */
  public Users(Database database, boolean sampleAccounts) {
    this.database = database;
    this.sampleAccounts = sampleAccounts;
  }

  /** An account and the hash of its password. */
  record Credentials(Account account, String password) {}

  /**
   * An account as operators see it.
   *
   * @param disabled whether it can not sign in for now
   * @param sample whether its password is public: it can sign in outside production only
   */
  public record Entry(Account account, boolean disabled, boolean sample) {}

  /** The account with this name, if it may be used here. */
  public Optional<Account> account(String username) {
    return find(username).map(Credentials::account);
  }

  /** The accounts whose passwords are their names, where they may be used. */
  List<Account> samples() {
    if (!sampleAccounts) {
      return List.of();
    }
    return database.read(
        sql ->
            sql.list(
                Users::account,
                COLUMNS + "WHERE sample = 1 AND disabled = 0 ORDER BY roles, username"));
  }

  /** What a sign-in is judged by; nothing for an account that may not be used here or now. */
  Optional<Credentials> find(String username) {
    return database.read(
        sql ->
            sql.first(
                row -> new Credentials(account(row), row.getString("password")),
                COLUMNS + "WHERE username = ? AND sample <= ? AND disabled = 0",
                username,
                sampleAccounts ? 1 : 0));
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        row.getString("username"),
        row.getString("name"),
        Set.of(row.getString("roles").split(" ", -1)));
  }

  /** All of them, by name. */
  public List<Entry> list() {
    return database.read(
        sql ->
            sql.list(
                row ->
                    new Entry(account(row), row.getInt("disabled") == 1, row.getInt("sample") == 1),
                "SELECT username, name, roles, disabled, sample FROM users ORDER BY username"));
  }

  /** Whether there is an administrator whose password is not public. */
  boolean hasAdmin() {
    return list().stream()
        .anyMatch(entry -> !entry.sample() && entry.account().roles().contains("admin"));
  }

  /** Whether there is such an account, usable or not. */
  public boolean exists(String username) {
    return database.read(sql -> exists(sql, username));
  }

  private static boolean exists(Sql sql, String username) throws SQLException {
    return sql.exists("SELECT 1 FROM users WHERE username = ?", username);
  }

  /** Adds an account with this password; false if the name is taken. */
  public boolean add(Account account, String password) {
    String hash = Passwords.hash(password);
    return database.write(
        sql -> {
          if (exists(sql, account.username())) {
            return false;
          }
          sql.update(
              "INSERT INTO users (username, name, roles, password) VALUES (?, ?, ?, ?)",
              account.username(),
              account.name(),
              text(account.roles()),
              hash);
          return true;
        });
  }

  /** False if there is no such account. A sample account becomes one like any other. */
  public boolean setPassword(String username, String password) {
    return setHash(username, Passwords.hash(password));
  }

  /** Stores a password that is hashed already; false if there is no such account. */
  boolean setHash(String username, String hash) {
    return change("UPDATE users SET password = ?, sample = 0 WHERE username = ?", hash, username);
  }

  /** False if there is no such account. */
  public boolean setRoles(String username, Set<String> roles) {
    return change("UPDATE users SET roles = ? WHERE username = ?", text(roles), username);
  }

  /** False if there is no such account. */
  public boolean setDisabled(String username, boolean disabled) {
    return change("UPDATE users SET disabled = ? WHERE username = ?", disabled ? 1 : 0, username);
  }

  private boolean change(String statement, Object... values) {
    return database.write(sql -> sql.update(statement, values) == 1);
  }

  /**
   * False if there is no such account.
   *
   * @param tables of all features: each forgets what it keeps of the person
   */
  public boolean delete(String username, List<Tables> tables) {
    return database.write(
        sql -> {
          for (Tables some : tables.reversed()) {
            some.forget(sql, username);
          }
          return sql.update("DELETE FROM users WHERE username = ?", username) == 1;
        });
  }

  private static String text(Set<String> roles) {
    return String.join(" ", new TreeSet<>(roles));
  }
}
