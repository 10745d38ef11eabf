// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.passport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lms.session.crypto.Seal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Seals who a person is into a cookie of its own, and opens that again. Knows no store.
 *
 * <p>The cookie is {@code end, id, roles}, sealed with AES-256-GCM under a key that seals nothing
 * else. The handle of the session that it belongs to is part of what the tag is computed over, so
 * that beside any other session it is not opened. Thread-safe.
 */
public final class Passports {
  /** What browsers take for name and value together (RFC 6265bis section 5.6). */
  private static final int LARGEST = 4096;

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /**
   * How the cookie is sent.
   *
   * @param name its name
   * @param life how long a passport is good
   * @param setting the {@code Set-Cookie} value for a value and its time
   * @param deleting the {@code Set-Cookie} value that deletes it
   */
  public record Sending(
      String name, Duration life, BiFunction<String, Duration, String> setting, String deleting) {}

  private final Sending sending;
  private final List<Seal> seals;

  /**
   * Seals with the first of the keys; all of them are accepted.
   *
   * @param keys at least one key of 256 bits
   * @param sending how the cookie is sent
   */
  public Passports(List<byte[]> keys, Sending sending) {
    this.sending = sending;
    byte[] purpose = ("passport\0" + sending.name() + '\0').getBytes(UTF_8);
    this.seals = keys.stream().map(key -> new Seal(key, purpose)).toList();
  }

  String cookieName() {
    return sending.name();
  }

  /**
   * The {@code Set-Cookie} value of a passport, which ends with its session or earlier; empty if
   * browsers would not take one so large.
   */
  Optional<String> setting(Passport passport, Instant now) {
    Instant end = now.plus(sending.life());
    if (passport.end().isBefore(end)) {
      end = passport.end();
    }
    byte[] sealed = seals.get(0).seal(encode(passport, end), owner(passport.handle()));
    String value = ENCODER.encodeToString(sealed);
    return sending.name().length() + value.length() > LARGEST
        ? Optional.empty()
        : Optional.of(sending.setting().apply(value, Duration.between(now, end)));
  }

  String deleting() {
    return sending.deleting();
  }

  /**
   * The passport that a request shows; empty if it is forged, has ended, or belongs to another
   * session.
   */
  Optional<Passport> open(String value, String handle, Instant now) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    for (Seal seal : seals) {
      Optional<byte[]> opened = seal.open(sealed, owner(handle));
      if (opened.isPresent()) {
        return decode(handle, ByteBuffer.wrap(opened.get()))
            .filter(passport -> passport.end().isAfter(now));
      }
    }
    return Optional.empty();
  }

  private static byte[] owner(String handle) {
    return handle.getBytes(UTF_8);
  }

  private static byte[] encode(Passport passport, Instant end) {
    List<byte[]> texts = new ArrayList<>();
    texts.add(passport.id().getBytes(UTF_8));
    passport.roles().forEach(role -> texts.add(role.getBytes(UTF_8)));
    int length = texts.stream().mapToInt(text -> Integer.BYTES + text.length).sum();
    ByteBuffer out = ByteBuffer.allocate(Long.BYTES + length).putLong(end.toEpochMilli());
    texts.forEach(text -> out.putInt(text.length).put(text));
    return out.array();
  }

  /** Only we have sealed it; but perhaps another version of us. */
  private static Optional<Passport> decode(String handle, ByteBuffer in) {
    try {
      Instant end = Instant.ofEpochMilli(in.getLong());
      String id = text(in);
      Set<String> roles = new HashSet<>();
      while (in.hasRemaining()) {
        roles.add(text(in));
      }
      return Optional.of(new Passport(handle, id, roles, end));
    } catch (BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    if (length <= 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] text = new byte[length];
    in.get(text);
    return new String(text, UTF_8);
  }
}
