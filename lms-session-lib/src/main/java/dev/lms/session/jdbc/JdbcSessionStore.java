// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Changes;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.housekeeping.Housekeeping;
import dev.lms.session.migration.Transfer;
import dev.lms.session.migration.Transferable;
import dev.lms.session.store.Forward;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.store.SessionTokens.Token;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sessions in a table of PostgreSQL, MariaDB, SQLite or H2, one row each, through any {@link
 * DataSource}. Thread-safe.
 *
 * <p>Each call borrows one connection at a time, for these statements:
 *
 * <ul>
 *   <li>to read a session: one; one more for each rotation since, while its old id is an alias;
 *   <li>to begin one, change one, only prolong one, or sign out: one each;
 *   <li>to give a visitor's session a new id: two in one transaction;
 *   <li>to sign in: three in one transaction (a lock, a visitor's old row, the new row) or two
 *       without an old session (in PostgreSQL one statement, without a limit), one more under a
 *       limit, and one for each session that ends for it; to give a signed-in person's session a
 *       new id: four.
 * </ul>
 *
 * <p>A change that meets one of another request since the session was loaded is made anew in a
 * transaction of two more statements. To sign out under an id that was rotated costs two more for
 * each rotation. {@code COMMIT} is a round trip of its own only in those transactions, or where the
 * data source hands out connections with auto-commit off. A connection goes back as it came.
 *
 * <p>All of it must be asked of the primary: a replica misses sessions that have just begun. The
 * guarantees hold while the database keeps what it acknowledged. An {@link java.sql.SQLException}
 * is an outage ({@link SessionStoreException}). A call takes no longer than five seconds, from when
 * it was asked: whoever still waits for a connection then is interrupted, which pools heed, and
 * whoever waits for an answer loses the connection ({@link java.sql.Connection#abort}).
 *
 * <p>A session takes at most 1 MiB; to write a larger one is an {@link IllegalArgumentException},
 * and nothing is written.
 *
 * <p>What has ended is removed every five minutes while sessions begin: on a daemon thread that
 * {@link #close} ends, or on a given executor; in steps of at most 200 rows; by one process at a
 * time.
 */
public final class JdbcSessionStore
    implements SessionStore, PrincipalIndex, SessionStore.Reporting, Transferable {
  private static final System.Logger LOG = System.getLogger(JdbcSessionStore.class.getName());

  private final LongAdder unreadable = new LongAdder();
  private final Database database;
  private final SessionTokens tokens;
  private final RowCodec codec;
  private final JdbcWrites writes;
  private final People people;
  private final JdbcCensus census;
  private final JdbcSweep sweep;
  private final JdbcTransfer transfer;
  private volatile SessionListener listener = new SessionListener() {};

  private JdbcSessionStore(Builder builder) {
    this.database = new Database(builder.source, builder.makesTables, builder.patience);
    this.tokens = new SessionTokens(builder.keys);
    this.codec = new RowCodec(builder.keys);
    Endings endings = new Endings();
    this.people = new People(database, codec, builder.keys, endings);
    this.writes = new JdbcWrites(database, tokens, codec, people, endings);
    this.census = new JdbcCensus(database, codec, endings);
    this.transfer = new JdbcTransfer(database, codec, people, endings);
    Executor sweeps = builder.sweeps;
    this.sweep =
        new JdbcSweep(
            database,
            sweeps == null
                ? Housekeeping.onOwnThread("lms-sessions-sweep")
                : Housekeeping.on(sweeps));
  }

  /**
   * {@return a builder of a store} The database is asked nothing before the store's first use, when
   * the tables {@code lms_session} and {@code lms_session_lock} are made if they are missing.
   *
   * @param source where connections to the primary come from; stays open when the store is closed
   * @param keys the secret keys of the site, the same in every process
   */
  public static Builder builder(DataSource source, KeyRing keys) {
    return new Builder(source, keys);
  }

  /** What else a store may be told. Not thread-safe. */
  public static final class Builder {
    private final DataSource source;
    private final KeyRing keys;
    private boolean makesTables = true;
    private Duration patience = Database.PATIENCE;
    private @Nullable Executor sweeps;

    private Builder(DataSource source, KeyRing keys) {
      this.source = source;
      this.keys = keys;
    }

    /**
     * Leaves it to others to make the tables, with the script for their database in this package:
     * {@code postgresql.sql}, {@code mariadb.sql}, {@code sqlite.sql} or {@code h2.sql}. Without
     * them every call is an outage.
     *
     * @return this builder
     */
    public Builder withTablesOfOthers() {
      this.makesTables = false;
      return this;
    }

    /**
     * Removes what has ended on an executor instead of a thread of the store's own.
     *
     * @param sweeps runs the sweep, in tasks of 200 rows each; stays open when the store is closed
     * @return this builder
     */
    public Builder withSweepsOn(Executor sweeps) {
      this.sweeps = sweeps;
      return this;
    }

    /**
     * Changes how long a call may take, from when it was asked: waiting for a connection and for
     * all answers together. Then it fails as in an outage.
     *
     * @param patience more than nothing; five seconds unless told otherwise
     * @return this builder
     * @throws IllegalArgumentException if it is nothing, or more than an hour
     */
    public Builder withPatience(Duration patience) {
      if (patience.isNegative() || patience.isZero() || patience.toHours() > 1) {
        throw new IllegalArgumentException("to wait for " + patience);
      }
      this.patience = patience;
      return this;
    }

    /** {@return the store} */
    public JdbcSessionStore build() {
      return new JdbcSessionStore(this);
    }
  }

  @Override
  public Optional<String> handle(String token) {
    return tokens.parse(token).map(Token::handle);
  }

  @Override
  public Opened open(String token, Instant now) {
    Optional<Token> known = tokens.parse(token);
    if (known.isEmpty()) {
      return Opened.ABSENT;
    }
    Token name = known.get();
    while (true) {
      Token current = name;
      Optional<Row> row =
          database
              .repeatable((connection, any) -> Rows.read(connection, current.handle()))
              .filter(found -> !found.isEnded());
      Optional<Forward> forward = row.flatMap(codec::forward);
      if (forward.isEmpty()) {
        boolean isAlias = !current.handle().equals(known.get().handle());
        return row.flatMap(found -> session(current, found))
            .filter(found -> !isAlias || !found.envelope().renewalDue())
            .<Opened>map(Opened.Live::new)
            .orElse(Opened.ABSENT);
      }
      if (!forward.get().isAlias(now)) {
        return forward.get().afterwards(current.handle());
      }
      name = current.as(forward.get().handle());
    }
  }

  private Optional<StoredSession> session(Token name, Row row) {
    Optional<StoredSession> session = codec.session(name, row);
    if (session.isEmpty()) {
      // Its deadline still ends it.
      unreadable.increment();
      LOG.log(Level.WARNING, "session {0} is unreadable and counts as absent", name.handle());
      listener.unreadable(name.handle());
    }
    return session;
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    sweep.ifDue(options.now());
    return writes.create(envelope, attributes, options, listener);
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    return writes.update(SessionTokens.of(session), session, changes, options);
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    return options.grace().isPresent()
        ? writes.rotate(session, changes, options, listener)
        : writes.replace(session, envelope, changes, options, listener);
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    return loaded
        .map(SessionTokens::of)
        .or(() -> tokens.parse(token))
        .filter(writes::end)
        .isPresent();
  }

  @Override
  public Page page(String principalId, Optional<String> from, int most, Instant now) {
    return people.page(principalId, from, most, now);
  }

  @Override
  public boolean revoke(String principalId, String handle, Instant now) {
    return people.revoke(principalId, handle, now) > 0;
  }

  @Override
  public int revokeAll(String principalId, Optional<String> except, Instant now) {
    return people.revokeAll(principalId, except, now);
  }

  @Override
  public int changeRoles(String principalId, Set<String> roles, Instant now) {
    return people.changeRoles(principalId, roles, now);
  }

  @Override
  public SessionCensus stats(Instant now) {
    return census.stats(now);
  }

  @Override
  public long purge(Instant now) {
    return census.purge(now);
  }

  /**
   * {@return how many sessions could not be read and were counted as absent, since this store was
   * created}
   */
  public long unreadable() {
    return unreadable.sum();
  }

  @Override
  public Transfer transfer() {
    return transfer;
  }

  @Override
  public void reportTo(SessionListener listener) {
    this.listener = listener;
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }

  @Override
  public void close() {
    sweep.close();
    database.close();
  }
}
