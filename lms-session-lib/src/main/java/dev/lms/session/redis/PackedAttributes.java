package dev.lms.session.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The attributes that a session began with, in one field of its hash: for Redis one is less work
 * than ten, at each read as at the beginning. One that is changed later gets a field of its own,
 * which counts from then on; commit.lua finds and removes what is packed.
 *
 * <p>Name, value, name, value; each stands behind its length in bytes and a colon, as in netstrings
 * (D. J. Bernstein, 1997).
 */
final class PackedAttributes {
  /** More is not packed: what a change replaces stays behind, and is read with every request. */
  private static final int MOST_CHARACTERS = 4096;

  private PackedAttributes() {}

  /** Empty if it is not worth it: for less than two attributes, or too many characters. */
  static Optional<String> of(Map<String, String> attributes) {
    if (attributes.size() < 2) {
      return Optional.empty();
    }
    StringBuilder packed = new StringBuilder(MOST_CHARACTERS);
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      append(packed, attribute.getKey());
      append(packed, attribute.getValue());
      if (packed.length() > MOST_CHARACTERS) {
        return Optional.empty();
      }
    }
    return Optional.of(packed.toString());
  }

  private static void append(StringBuilder packed, String text) {
    packed.append(text.getBytes(StandardCharsets.UTF_8).length).append(':').append(text);
  }

  /** The attributes, in a map of the caller's; empty if this is not what was packed. */
  static Optional<Map<String, String>> unpack(byte[] packed) {
    Map<String, String> attributes = new HashMap<>();
    String name = null;
    int at = 0;
    while (at < packed.length) {
      int length = 0;
      // Stops before it can overflow: what is longer than all of it is wrong anyway.
      while (at < packed.length && isDigit(packed[at]) && length <= packed.length) {
        length = 10 * length + packed[at] - '0';
        at++;
      }
      int from = at + 1;
      if (at == packed.length || packed[at] != ':' || length > packed.length - from) {
        return Optional.empty();
      }
      at = from + length;
      String text = new String(packed, from, length, StandardCharsets.UTF_8);
      if (name == null) {
        name = text;
      } else {
        attributes.put(name, text);
        name = null;
      }
    }
    return name == null ? Optional.of(attributes) : Optional.empty();
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
