// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a session is written in Redis: as one string, which is less work for Redis than a hash, both
 * to begin with and at each read.
 *
 * <ol>
 *   <li>9 digits and a space: how long it may grow before it is written again;
 *   <li>15 digits and a space: the deadline in ms, changed in place;
 *   <li>the signed envelope, then name, value, name, value, as {@link Texts}.
 * </ol>
 *
 * <p>An attribute that is set later is appended: the last value of a name counts. commit.lua writes
 * all of it again when there is more than a quarter and 256 bytes of that, and when something is to
 * be done that is neither to set nor to count. From how long it may grow count.lua computes how
 * long it was, to look for counters behind that: both must be changed together.
 *
 * <p>In the place of a session there may be {@code next} and the signed {@link
 * dev.lms.session.store.Forward}, once it has another name; or {@code revoked}, once it was, and
 * which call did it; or {@code leaving} and the session, while it moves to another store, and
 * {@code left} once that has it.
 */
final class SessionText {
  private static final int LIMIT_DIGITS = 9;
  private static final int DEADLINE = LIMIT_DIGITS + 1;
  private static final int DEADLINE_DIGITS = 15;
  private static final int HEAD = DEADLINE + DEADLINE_DIGITS + 1;
  private static final String NEXT = "next ";
  private static final String REVOKED = "revoked";
  private static final String LEAVING = "leaving ";
  private static final String LEFT = "left";

  private SessionText() {}

  /** A session. */
  static byte[] of(Instant deadline, String envelope, Map<String, String> attributes) {
    Texts body = new Texts();
    body.add(envelope);
    addAll(body, attributes);
    byte[] text = body.behind(HEAD);
    putDigits(text, 0, LIMIT_DIGITS, text.length + text.length / 4 + 256);
    putDigits(text, DEADLINE, DEADLINE_DIGITS, deadline.toEpochMilli());
    return text;
  }

  /** Attributes that are set, to be appended. */
  static byte[] of(Map<String, String> attributes) {
    Texts body = new Texts();
    addAll(body, attributes);
    return body.behind(0);
  }

  /** A deadline, to be put in place of the one there is. */
  static byte[] of(Instant deadline) {
    byte[] text = new byte[DEADLINE_DIGITS + 1];
    putDigits(text, 0, DEADLINE_DIGITS, deadline.toEpochMilli());
    return Arrays.copyOf(text, DEADLINE_DIGITS);
  }

  private static void addAll(Texts body, Map<String, String> attributes) {
    attributes.forEach(
        (name, value) -> {
          body.add(name);
          body.add(value);
        });
  }

  /** With zeros in front and a space behind. What has more digits is written as all nines. */
  private static void putDigits(byte[] out, int at, int digits, long number) {
    long rest = Math.max(0, number);
    for (int i = at + digits - 1; i >= at; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    if (rest > 0) {
      Arrays.fill(out, at, at + digits, (byte) '9');
    }
    out[at + digits] = ' ';
  }

  /** What is found under a key; null is nothing. */
  static RedisValue parse(byte @Nullable [] text) {
    return text != null && isSession(text) ? session(text) : other(text);
  }

  /** What the first bytes under a key say; null is nothing. */
  static RedisValue parseHead(byte @Nullable [] text) {
    if (text != null && startsWith(text, LEAVING)) {
      return new RedisValue.Taken(
          parseHead(Arrays.copyOfRange(text, LEAVING.length(), text.length)));
    }
    if (text == null || !isSession(text)) {
      return other(text);
    }
    String envelope = new Texts.Reader(text, HEAD).next();
    return envelope == null
        ? new RedisValue.Cut()
        : new RedisValue.Found(deadline(text), envelope, Map.of());
  }

  private static boolean isSession(byte[] text) {
    return text.length >= HEAD
        && areDigits(text, 0, LIMIT_DIGITS)
        && areDigits(text, DEADLINE, DEADLINE_DIGITS);
  }

  private static RedisValue other(byte @Nullable [] text) {
    if (text == null) {
      return RedisValue.None.ABSENT;
    }
    if (startsWith(text, LEAVING)) {
      return new RedisValue.Taken(parse(Arrays.copyOfRange(text, LEAVING.length(), text.length)));
    }
    String other = new String(text, StandardCharsets.UTF_8);
    if (other.startsWith(NEXT)) {
      return new RedisValue.Moved(other.substring(NEXT.length()));
    }
    if (other.equals(LEFT)) {
      return RedisValue.None.LEFT;
    }
    if (other.startsWith(REVOKED)) {
      return other.equals(REVOKED) ? RedisValue.None.ABSENT : RedisValue.None.ENDED;
    }
    return RedisValue.None.UNREADABLE;
  }

  private static boolean startsWith(byte[] text, String beginning) {
    int length = beginning.length();
    return text.length >= length
        && new String(text, 0, length, StandardCharsets.ISO_8859_1).equals(beginning);
  }

  /** What says where a session went. */
  static byte[] ofForward(String forward) {
    return (NEXT + forward).getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean areDigits(byte[] text, int at, int digits) {
    for (int i = at; i < at + digits; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return false;
      }
    }
    return text[at + digits] == ' ';
  }

  private static Instant deadline(byte[] text) {
    long deadline = 0;
    for (int i = DEADLINE; i < DEADLINE + DEADLINE_DIGITS; i++) {
      deadline = 10 * deadline + text[i] - '0';
    }
    return Instant.ofEpochMilli(deadline);
  }

  private static RedisValue session(byte[] text) {
    Texts.Reader body = new Texts.Reader(text, HEAD);
    String envelope = body.next();
    Map<String, String> attributes = new HashMap<>();
    while (envelope != null && !body.isAtEnd()) {
      String name = body.next();
      String value = body.next();
      if (name == null || value == null) {
        return RedisValue.None.UNREADABLE;
      }
      attributes.put(name, value);
    }
    return envelope == null
        ? RedisValue.None.UNREADABLE
        : new RedisValue.Found(deadline(text), envelope, Map.copyOf(attributes));
  }
}
