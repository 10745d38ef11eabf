package dev.lms.demo.account;

import dev.lms.demo.data.Database;
import java.util.List;
import java.util.Optional;

/** The accounts. */
public final class Users {
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
                row ->
                    new Account(
                        row.getString("username"), row.getString("name"), row.getString("role")),
                "SELECT username, name, role FROM users WHERE sample = 1 ORDER BY role, username"));
  }

  Optional<Credentials> find(String username) {
    return database.read(
        sql ->
            sql.first(
                row ->
                    new Credentials(
                        new Account(
                            row.getString("username"),
                            row.getString("name"),
                            row.getString("role")),
                        row.getString("password")),
                "SELECT username, name, role, password FROM users WHERE username = ? AND sample <= ?",
                username,
                sampleAccounts ? 1 : 0));
  }
}
