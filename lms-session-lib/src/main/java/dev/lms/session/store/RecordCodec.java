// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.Envelope;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes an envelope and attributes as bytes: texts in UTF-8, each after its length (LEB128). A
 * store adds the MAC or the seal. For authors of stores. Thread-safe.
 */
public final class RecordCodec {
  /** No attribute has this name. */
  private static final String GROUP = "\0group";

  private RecordCodec() {}

  /**
   * A decoded session.
   *
   * @param envelope whose session it is and since when
   * @param attributes its attributes, by name
   * @param group the {@linkplain SessionTokens.Token#group() group} of its token; empty if it was
   *     written without one
   */
  public record Content(Envelope envelope, Map<String, String> attributes, Optional<String> group) {
    /**
     * {@return the same session with other roles} Without a person, unchanged.
     *
     * @param roles the person's roles from now on
     */
    public Content withRoles(Set<String> roles) {
      return new Content(envelope.withRoles(roles), attributes, group);
    }
  }

  /**
   * {@return a session as bytes} Without the group of its token.
   *
   * @param envelope whose session it is and since when
   * @param attributes its attributes, by name
   */
  public static byte[] encode(Envelope envelope, Map<String, String> attributes) {
    return encode(new Content(envelope, attributes, Optional.empty()));
  }

  /**
   * {@return a session as bytes}
   *
   * @param content what {@link #decode} is to return; with a group other stores can name the
   *     session too
   */
  public static byte[] encode(Content content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    write(out, EnvelopeText.of(content.envelope()));
    content
        .attributes()
        .forEach(
            (name, value) -> {
              write(out, name);
              write(out, value);
            });
    content
        .group()
        .ifPresent(
            group -> {
              write(out, GROUP);
              write(out, group);
            });
    return out.toByteArray();
  }

  /**
   * {@return the session that the bytes describe, or empty if they are not a record of this
   * version}
   *
   * @param in a buffer with an accessible array; read from its position to its limit
   */
  public static Optional<Content> decode(ByteBuffer in) {
    try {
      Optional<Envelope> envelope = EnvelopeText.read(read(in));
      Map<String, String> attributes = new HashMap<>();
      while (in.hasRemaining()) {
        attributes.put(read(in), read(in));
      }
      Optional<String> group = Optional.ofNullable(attributes.remove(GROUP));
      return envelope.map(e -> new Content(e, attributes, group));
    } catch (BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  /**
   * {@return the envelope of the session that the bytes describe, or empty if they do not start
   * with one of this version} Attributes are not read.
   *
   * @param in a buffer with an accessible array; read from its position
   */
  public static Optional<Envelope> decodeEnvelope(ByteBuffer in) {
    try {
      return EnvelopeText.read(read(in));
    } catch (BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    while (length > 0x7f) {
      out.write((length & 0x7f) | 0x80);
      length >>>= 7;
    }
    out.write(length);
    out.writeBytes(bytes);
  }

  private static String read(ByteBuffer in) {
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
      if (shift > 21) {
        throw new BufferUnderflowException();
      }
    }
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    String text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }
}
