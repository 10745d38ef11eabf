// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionStoreException;
import dev.lms.session.StoredSession;
import dev.lms.session.crypto.Hmac;
import dev.lms.session.migration.Transfer;
import dev.lms.session.store.Forward;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.SessionTokens;
import dev.lms.session.store.SessionTokens.Token;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Mac;

/** Makes rows of sessions and forwards, and reads them again. Thread-safe. */
final class RowCodec {
  /** What the scripts have room for. */
  static final int MOST_BYTES = 1 << 20;

  private final List<Hmac> keys;

  RowCodec(KeyRing ring) {
    this.keys = ring.keys("jdbc-row").stream().map(Hmac::new).toList();
  }

  /**
   * The same session is always the same row, whatever the order of its attributes.
   *
   * @throws IllegalArgumentException if it is too large
   */
  Row session(Token name, Envelope envelope, Map<String, String> attributes, Instant deadline) {
    RecordCodec.Content content =
        new RecordCodec.Content(envelope, attributes, Optional.of(name.group()));
    return session(name.handle(), Row.Kind.SESSION, content, deadline);
  }

  /** The same of what was read, or comes from another store. */
  Row session(String id, Row.Kind kind, RecordCodec.Content content, Instant deadline) {
    byte[] bytes =
        RecordCodec.encode(
            new RecordCodec.Content(
                content.envelope(), new TreeMap<>(content.attributes()), content.group()));
    if (bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "a session takes at most %d bytes, not %d; nothing was written"
              .formatted(MOST_BYTES, bytes.length));
    }
    return row(id, kind, bytes, deadline);
  }

  /** The row that a loaded session was read from, if it was written under the current key. */
  Row of(StoredSession session) {
    return session(
        SessionTokens.of(session), session.envelope(), session.attributes(), session.deadline());
  }

  Row forward(String id, Forward forward, Instant deadline) {
    return row(
        id, Row.Kind.FORWARD, forward.toText().getBytes(StandardCharsets.US_ASCII), deadline);
  }

  /** The mark of what another store has; with the group of its token, if that is known. */
  Row left(String id, Optional<String> group, Instant deadline) {
    byte[] content = group.orElse("").getBytes(StandardCharsets.US_ASCII);
    return row(id, Row.Kind.LEFT, content, deadline);
  }

  private Row row(String id, Row.Kind kind, byte[] content, Instant deadline) {
    return new Row(id, kind, version(keys.get(0), id, kind, content), content, deadline);
  }

  private static byte[] version(Hmac key, String id, Row.Kind kind, byte[] content) {
    return Arrays.copyOf(sign(key, id, kind, content), Hmac.TAG_BYTES);
  }

  private static byte[] sign(Hmac key, String id, Row.Kind kind, byte[] content) {
    Mac mac = key.start();
    mac.update(id.getBytes(StandardCharsets.US_ASCII));
    mac.update((byte) kind.code());
    return mac.doFinal(content);
  }

  private boolean isGenuine(Row row) {
    return keys.stream()
        .anyMatch(
            key -> Hmac.matches(sign(key, row.id(), row.kind(), row.content()), row.version()));
  }

  /** Empty for what holds no session, and for what cannot be read. */
  Optional<RecordCodec.Content> content(Row row) {
    return row.holdsSession() && isGenuine(row)
        ? RecordCodec.decode(ByteBuffer.wrap(row.content()))
        : Optional.empty();
  }

  /** Empty for what cannot be read. */
  Optional<StoredSession> session(Token token, Row row) {
    return content(row)
        .map(
            content ->
                new StoredSession(token.text(), token.handle(), content.envelope(), row.deadline())
                    .withAttributes(content.attributes()));
  }

  /**
   * Empty for a session, and for what cannot be read.
   *
   * @throws SessionStoreException if another store has the session, or is about to
   */
  Optional<Forward> forward(Row row) {
    if (row.hasMoved() && isGenuine(row)) {
      throw Transfer.moved(row.id());
    }
    return row.kind() == Row.Kind.FORWARD && isGenuine(row)
        ? Forward.fromText(new String(row.content(), StandardCharsets.US_ASCII))
        : Optional.empty();
  }

  /** The group of the token of what is, or was, in a row; empty if nothing there tells it. */
  Optional<String> group(Row row) {
    return row.kind() == Row.Kind.LEFT && isGenuine(row)
        ? Optional.of(new String(row.content(), StandardCharsets.US_ASCII))
            .filter(group -> !group.isEmpty())
        : content(row).flatMap(RecordCodec.Content::group);
  }
}
