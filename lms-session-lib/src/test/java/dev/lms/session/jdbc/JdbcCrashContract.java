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

/** Workers on one database killed in the middle of writing. */
abstract class JdbcCrashContract extends WorkerCrashTest {
  private final RowCodec codec = new RowCodec(CrashWriter.KEYS);
  private String url;
  private TestPool pool;

  /** Of a database that nobody else has. */
  abstract String newDatabase();

  /** Of the driver, which a writer needs as well. */
  abstract String driver();

  /** Of the Java that a writer runs on. */
  List<String> options() {
    return List.of();
  }

  @BeforeEach
  void connect() {
    url = newDatabase();
    pool = new TestPool(url, 8);
  }

  @AfterEach
  void disconnect() {
    pool.close();
  }

  /** Emptied now and then: every round looks at all that the ones before it left. */
  final void killWritersAndEmpty(int times, int rounds) throws Exception {
    for (int i = 0; i < times; i++) {
      killWriters(rounds);
      try (Connection connection = pool.getConnection();
          PreparedStatement write = connection.prepareStatement("DELETE FROM lms_session")) {
        write.executeUpdate();
      }
    }
  }

  /** Something to do with a server. */
  interface Step {
    void take() throws Exception;
  }

  final void killServer(int rounds, Step kill, Step restart) throws Exception {
    ServerCrash.rounds(
        open(),
        new ServerCrash.Server() {
          @Override
          public void kill() throws Exception {
            kill.take();
          }

          @Override
          public void restart() throws Exception {
            pool.forgetIdle();
            restart.take();
          }

          @Override
          public void check(String where) {
            scan();
          }
        },
        rounds);
  }

  @Override
  protected SessionStore open() {
    return JdbcSessionStore.builder(pool, CrashWriter.KEYS)
        .withPatience(TestPool.BUSY_MACHINE)
        .build();
  }

  @Override
  protected List<String> writer(String... arguments) {
    try {
      List<String> command =
          ChildJvm.command(
              List.of(),
              List.of(Class.forName(driver())),
              CrashWriter.class,
              CrashWriter.arguments(url, arguments));
      command.addAll(1, options());
      return command;
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
