// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.time.Instant;

/**
 * What is stored under an id. Immutable, as long as nobody writes into its bytes.
 *
 * <p>The version is the MAC of kind and content under this id: so it tells whether somebody else
 * has written the row, and whether somebody has who does not hold the key.
 */
final class Row {
  static final Row NONE = new Row("", Kind.FORWARD, new byte[0], new byte[0], Instant.MIN);

  private final String id;
  private final Kind kind;
  private final byte[] version;
  private final byte[] content;
  private final Instant deadline;
  private final String root;

  /** What a row is, as the database has it. */
  enum Kind {
    SESSION(0),
    FORWARD(1),
    /** A session on its way to another store: nobody changes it here. */
    TAKEN(2),
    /** The mark of what another store has; its content is the group of the session's token. */
    LEFT(3),
    /** The mark of a session that ended while others may bring it late. */
    ENDED(4),
    /** Something noted about a migration; its id is beyond those of sessions. */
    NOTE(5),
    /** Of a newer program. */
    UNKNOWN(-1);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      return UNKNOWN;
    }
  }

  Row(String id, Kind kind, byte[] version, byte[] content, Instant deadline) {
    this(id, kind, version, content, deadline, "");
  }

  private Row(String id, Kind kind, byte[] version, byte[] content, Instant deadline, String root) {
    this.id = id;
    this.kind = kind;
    this.version = version;
    this.content = content;
    this.deadline = deadline;
    this.root = root;
  }

  /** As the database has it. */
  Row withRoot(String other) {
    return new Row(id, kind, version, content, deadline, other);
  }

  /** The id at sign-in; empty if it was not read. */
  String root() {
    return root;
  }

  String id() {
    return id;
  }

  /** Whether a session is in it, also one that is on its way to another store. */
  boolean holdsSession() {
    return kind == Kind.SESSION || kind == Kind.TAKEN;
  }

  /** Whether all it says is that there is nothing any more. */
  boolean isEnded() {
    return kind == Kind.ENDED;
  }

  /** Whether another store has what was here, or is about to. */
  boolean hasMoved() {
    return kind == Kind.TAKEN || kind == Kind.LEFT;
  }

  Kind kind() {
    return kind;
  }

  byte[] version() {
    return version;
  }

  byte[] content() {
    return content;
  }

  Instant deadline() {
    return deadline;
  }

  boolean isLive(Instant now) {
    return deadline.isAfter(now);
  }
}
