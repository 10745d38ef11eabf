// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lms.session.Sessions;
import dev.lms.session.jdbc.JdbcSessionStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Sessions in PostgreSQL beside Spring Session, in the same database, through the same pool. As
 * with files, nobody waits for the disk: the server runs with {@code fsync=off}.
 */
// JMH fills the fields by @Setup.
@SuppressWarnings("NullAway.Init")
public class JdbcBenchmark extends StoreBenchmark {
  private static final Duration LIFE = Duration.ofDays(1);
  private static final int CONNECTIONS = 10;

  private Shared shared;
  private Sessions ticking;
  private List<String> tickingCookie;
  private String person;
  private String springId;

  /** The pool of all threads. */
  @State(Scope.Benchmark)
  public static class Shared {
    static final String URL_PARAMETER = "postgresUrl";

    @Param("jdbc:postgresql://127.0.0.1:5432/lms_benchmark")
    public String postgresUrl;

    private final AtomicInteger threads = new AtomicInteger();

    /** Says of each start and stop of the pool otherwise, in the middle of the progress line. */
    private static final Logger POOL_LOG = Logger.getLogger("com.zaxxer.hikari");

    private HikariDataSource pool;
    private JdbcSessionStore store;
    private Sessions sessions;
    private SpringSessions<?> spring;

    @Setup(Level.Trial)
    public void connect() {
      POOL_LOG.setLevel(java.util.logging.Level.WARNING);
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(postgresUrl);
      config.setMaximumPoolSize(CONNECTIONS);
      pool = new HikariDataSource(config);
      store = JdbcSessionStore.builder(pool, KEYS).build();
      sessions = sessions(store);
      dropSpring();
      new ResourceDatabasePopulator(
              new ClassPathResource("org/springframework/session/jdbc/schema-postgresql.sql"))
          .execute(pool);
      spring = SpringSessions.inDatabase(pool, LIFE);
    }

    private void dropSpring() {
      execute("DROP TABLE IF EXISTS spring_session_attributes, spring_session");
    }

    private void execute(String sql) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Empties the tables of both. */
    @TearDown(Level.Iteration)
    public void clear() {
      execute("TRUNCATE lms_session, spring_session, spring_session_attributes");
    }

    @TearDown(Level.Trial)
    public void disconnect() {
      dropSpring();
      store.close();
      pool.close();
    }
  }

  @Setup(Level.Iteration)
  public void begin(Shared shared) {
    this.shared = shared;
    int thread = shared.threads.incrementAndGet();
    begin(shared.sessions, thread);
    ticking = Ticks.sessions(shared.store);
    tickingCookie = List.of(create(ticking));
    person = Sample.person(thread).id();
    springId = shared.spring.create(person);
  }

  /** A read-only request whose touch is due. */
  @Benchmark
  public long touch() {
    return touch(ticking, tickingCookie);
  }

  /** Found, marked as accessed, saved: Spring touches at each request. */
  @Benchmark
  public long readSpring() {
    return readSpring(springId);
  }

  final long readSpring(String id) {
    return shared.spring.read(id);
  }

  /** The same, beside the request of ours that touches. */
  @Benchmark
  public long touchSpring() {
    return readSpring(springId);
  }

  /** A request that reads an attribute and sets it. */
  @Benchmark
  public long changeSpring() {
    return next(shared.spring.change(springId));
  }

  /** A session of somebody signed in. */
  @Benchmark
  public String createSpring() {
    return shared.spring.create(nextPerson().id());
  }
}
