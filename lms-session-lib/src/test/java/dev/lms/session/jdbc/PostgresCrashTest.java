// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.ChildJvm;
import dev.lms.session.CrashWriter;
import dev.lms.session.ServerCrash;
import dev.lms.session.SessionStore;
import dev.lms.session.WorkerCrashTest;
import dev.lms.session.store.RecordCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers on one PostgreSQL, and PostgreSQL itself, killed in the middle of writing. */
class PostgresCrashTest extends WorkerCrashTest {
  private final RowCodec codec = new RowCodec(CrashWriter.KEYS);
  private String url;
  private TestPool pool;

  @BeforeEach
  void connect() {
    url = PostgresServer.shared().newDatabase();
    pool = new TestPool(url, 8);
  }

  @AfterEach
  void disconnect() {
    pool.close();
  }

  @Test
  void nothingAcknowledgedIsLostByTwoKills() throws Exception {
    killWriters(2);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByTwoHundredKills() throws Exception {
    // Emptied now and then: every round looks at all that the ones before it left.
    for (int i = 0; i < 10; i++) {
      killWriters(20);
      try (Connection connection = pool.getConnection();
          PreparedStatement write = connection.prepareStatement("DELETE FROM lms_session")) {
        write.executeUpdate();
      }
    }
  }

  @Test
  void nothingAcknowledgedIsLostByTheDeathOfTheServer() throws Exception {
    ServerCrash.rounds(open(), new Killed(), 2);
  }

  @Test
  @Tag("long")
  void nothingAcknowledgedIsLostByManyDeathsOfTheServer() throws Exception {
    ServerCrash.rounds(open(), new Killed(), 60);
  }

  private final class Killed implements ServerCrash.Server {
    @Override
    public void kill() throws Exception {
      PostgresServer.shared().kill();
    }

    @Override
    public void restart() throws Exception {
      pool.forgetIdle();
      PostgresServer.shared().restart();
    }

    @Override
    public void check(String where) {
      scan();
    }
  }

  @Override
  protected SessionStore open() {
    return JdbcSessionStore.builder(pool, CrashWriter.KEYS).build();
  }

  @Override
  protected List<String> writer(String... arguments) {
    try {
      return ChildJvm.command(
          List.of(),
          List.of(Class.forName("org.postgresql.Driver")),
          CrashWriter.class,
          CrashWriter.arguments(url, arguments));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Map<String, List<Map<String, String>>> scan() {
    Map<String, List<Map<String, String>>> found = new HashMap<>();
    String sql = "SELECT id, version, content, deadline FROM lms_session WHERE kind = 0";
    try (Connection connection = pool.getConnection();
        PreparedStatement query = connection.prepareStatement(sql);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        Row row =
            new Row(
                rows.getString(1),
                Row.Kind.SESSION,
                rows.getBytes(2),
                rows.getBytes(3),
                Instant.ofEpochMilli(rows.getLong(4)));
        RecordCodec.Content content =
            codec.content(row).orElseThrow(() -> new AssertionError("half a session"));
        String id = content.attributes().getOrDefault("id", "?");
        found.computeIfAbsent(id, any -> new ArrayList<>()).add(content.attributes());
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return found;
  }

  @Override
  protected void checkThatAllIsReadable(SessionStore store) {
    assertEquals(0, ((JdbcSessionStore) store).unreadable());
  }

  @Override
  protected void checkThatAllHasADeadline(SessionStore store) {
    // There is no row without one.
    scan();
  }
}
