// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.Forward;
import dev.lms.session.store.RecordCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Moves sessions out of a database, and into it, each step in one transaction. Thread-safe. */
final class JdbcTransfer implements Transfer {
  private static final String SEEN = "SELECT seen FROM lms_session WHERE id = ?";

  private static final String TAKE =
      "UPDATE lms_session SET kind = 2, content = ?, version = ? WHERE id = ? AND kind = 0";

  private static final String HAND_OVER =
      "UPDATE lms_session SET kind = 3, content = ?, version = ?, person = NULL WHERE id = ? AND"
          + " kind IN (1, 2)";

  private static final String COME_BACK = "DELETE FROM lms_session WHERE id = ? AND kind = 3";

  private final Database database;
  private final RowCodec codec;
  private final People people;
  private final Endings endings;
  private final JdbcNotes notes;
  private final TableScan scan;

  JdbcTransfer(Database database, RowCodec codec, People people, Endings endings) {
    this.database = database;
    this.codec = codec;
    this.people = people;
    this.endings = endings;
    this.notes = new JdbcNotes(database);
    this.scan = new TableScan(database);
  }

  @Override
  public Optional<Parcel> takeOut(Place place, Instant now) {
    return database.transaction(
        (connection, dialect) -> {
          Stripes.lock(connection, dialect, List.of());
          Optional<Row> row =
              Rows.readForUpdate(connection, dialect, place.handle())
                  .filter(found -> found.isLive(now));
          return row.isPresent() ? take(connection, place, row.get()) : Optional.empty();
        });
  }

  private Optional<Parcel> take(Connection connection, Place place, Row row) throws SQLException {
    Optional<RecordCodec.Content> content = codec.content(row);
    if (content.isPresent()) {
      Optional<String> group = place.group().or(() -> content.get().group());
      RecordCodec.Content whole =
          new RecordCodec.Content(content.get().envelope(), content.get().attributes(), group);
      write(connection, TAKE, codec.session(row.id(), Row.Kind.TAKEN, whole, row.deadline()));
      return Optional.of(
          new Parcel(
              new Place(group, row.id()),
              row.deadline(),
              new Whole(
                  whole.envelope(), whole.attributes(), seen(connection, row.id()), row.root())));
    }
    return forward(row).map(next -> new Parcel(place, row.deadline(), new Rotated(next)));
  }

  /** Empty for all else, also for what another store has. */
  private Optional<Forward> forward(Row row) {
    return row.hasMoved() ? Optional.empty() : codec.forward(row);
  }

  private static Instant seen(Connection connection, String id) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SEEN)) {
      query.setString(1, id);
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          throw new SQLException("a row is gone that was just written");
        }
        return Instant.ofEpochMilli(rows.getLong(1));
      }
    }
  }

  private static void write(Connection connection, String sql, Row to) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(sql)) {
      write.setBytes(1, to.content());
      write.setBytes(2, to.version());
      write.setString(3, to.id());
      write.executeUpdate();
    }
  }

  @Override
  public void handedOver(Parcel parcel) {
    Place place = parcel.place();
    Row mark = codec.left(place.handle(), place.group(), parcel.deadline());
    database.repeatable(
        (connection, any) -> {
          write(connection, HAND_OVER, mark);
          return true;
        });
  }

  @Override
  public boolean arrive(Parcel parcel, Instant now) {
    Place place = parcel.place();
    List<String> locked = new ArrayList<>();
    locked.add(place.handle());
    if (parcel.content() instanceof Whole whole) {
      whole.envelope().principal().map(Principal::id).ifPresent(locked::add);
    }
    Row row = row(parcel);
    return database.transaction(
        (connection, dialect) -> {
          // Of all who bring one session the second finds what the first has brought.
          Stripes.lock(connection, dialect, locked);
          Optional<Row> there = Rows.readForUpdate(connection, dialect, place.handle());
          if (there.isPresent() && there.get().kind() != Row.Kind.LEFT) {
            return false;
          }
          if (there.isPresent()) {
            remove(connection, place.handle());
          }
          insert(connection, row, parcel, now);
          return true;
        });
  }

  /**
   * @throws SessionStoreException if it is larger than what the table has room for
   */
  private Row row(Parcel parcel) {
    Place place = parcel.place();
    if (parcel.content() instanceof Rotated rotated) {
      return codec.forward(place.handle(), rotated.forward(), parcel.deadline());
    }
    Whole whole = (Whole) parcel.content();
    try {
      return codec.session(
          place.handle(),
          Row.Kind.SESSION,
          new RecordCodec.Content(whole.envelope(), whole.attributes(), place.group()),
          parcel.deadline());
    } catch (IllegalArgumentException e) {
      throw SessionStoreException.ofThisCall(
          "session " + place.handle() + " cannot move: " + e.getMessage(), e);
    }
  }

  private static void remove(Connection connection, String id) throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(COME_BACK)) {
      write.setString(1, id);
      write.executeUpdate();
    }
  }

  private void insert(Connection connection, Row row, Parcel parcel, Instant now)
      throws SQLException {
    if (parcel.content() instanceof Whole whole) {
      Optional<String> person = whole.envelope().principal().map(Principal::id).map(people::name);
      Rows.Owner owner = new Rows.Owner(person.orElse(null), whole.root());
      Rows.insert(connection, row, whole.envelope(), owner, whole.seen());
    } else {
      // Nobody looks for a forward by its times.
      Envelope nobody = new Envelope(now, Optional.empty(), parcel.deadline(), Optional.empty());
      Rows.insert(connection, row, nobody, new Rows.Owner(null, row.id()), now);
    }
  }

  @Override
  public boolean holds(Place place) {
    return read(place.handle()).filter(row -> !row.hasMoved()).isPresent();
  }

  private Optional<Row> read(String handle) {
    return database.repeatable((connection, any) -> Rows.read(connection, handle));
  }

  @Override
  public void expectArrivals() {
    endings.leaveMarks();
  }

  @Override
  public boolean needsGroups() {
    return false;
  }

  @Override
  public Collection<Place> placesOf(String principalId) {
    return database.repeatable((connection, any) -> people.all(connection, principalId)).stream()
        .map(this::place)
        .toList();
  }

  /** What is in a place, and where it leads; without what it holds. */
  private record Found(Place place, Kind kind, Optional<Forward> next) {}

  @Override
  public void forEachPlace(Instant now, BiConsumer<Place, Kind> visitor) {
    scan.<Found>forEach(
        now,
        row -> kind(row).map(kind -> new Found(place(row), kind, forward(row))),
        found -> {
          Optional<String> group = found.next().map(this::group).orElse(found.place().group());
          visitor.accept(new Place(group, found.place().handle()), found.kind());
        });
  }

  private Place place(Row row) {
    return new Place(codec.group(row), row.id());
  }

  private Optional<Kind> kind(Row row) {
    return switch (row.kind()) {
      case SESSION, TAKEN -> {
        Kind readable = row.hasMoved() ? Kind.TAKEN : Kind.SESSION;
        yield Optional.of(codec.content(row).isPresent() ? readable : Kind.UNREADABLE);
      }
      case FORWARD -> Optional.of(codec.forward(row).isPresent() ? Kind.FORWARD : Kind.UNREADABLE);
      case LEFT, ENDED, NOTE -> Optional.empty();
      case UNKNOWN -> Optional.of(Kind.UNREADABLE);
    };
  }

  /** A forward has the group of what it leads to. */
  private Optional<String> group(Forward first) {
    Optional<Row> last = read(first.handle());
    Optional<Forward> next = last.flatMap(this::forward);
    while (next.isPresent()) {
      last = read(next.get().handle());
      next = last.flatMap(this::forward);
    }
    return last.flatMap(codec::group);
  }

  @Override
  public Map<String, String> notes() {
    return notes.all();
  }

  @Override
  public void note(String name, String text) {
    notes.set(name, text);
  }
}
