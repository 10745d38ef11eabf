// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.StoredSession;
import dev.lms.session.crypto.Hmac;
import dev.lms.session.store.Forward;
import dev.lms.session.store.RecordCodec;
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
  Row session(String id, Envelope envelope, Map<String, String> attributes, Instant deadline) {
    byte[] content = RecordCodec.encode(envelope, new TreeMap<>(attributes));
    if (content.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "a session takes at most %d bytes, not %d; nothing was written"
              .formatted(MOST_BYTES, content.length));
    }
    return row(id, Row.Kind.SESSION, content, deadline);
  }

  /** The row that a loaded session was read from, if it was written under the current key. */
  Row of(StoredSession session) {
    return session(session.handle(), session.envelope(), session.attributes(), session.deadline());
  }

  Row forward(String id, Forward forward, Instant deadline) {
    return row(
        id, Row.Kind.FORWARD, forward.toText().getBytes(StandardCharsets.US_ASCII), deadline);
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

  /** Empty for a forward, and for what cannot be read. */
  Optional<RecordCodec.Content> content(Row row) {
    return row.isSession() && isGenuine(row)
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

  /** Empty for a session, and for what cannot be read. */
  Optional<Forward> forward(Row row) {
    return !row.isSession() && isGenuine(row)
        ? Forward.fromText(new String(row.content(), StandardCharsets.US_ASCII))
        : Optional.empty();
  }
}
