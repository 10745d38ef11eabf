// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The sample as a raw contender keeps it: the person and the deadline are fields like the rest. As
 * bytes, each text stands behind its length.
 */
record Value(Map<String, String> fields) {
  private static final String PERSON = "person";
  private static final String ROLES = "roles";
  private static final String DEADLINE = "deadline";
  private static final int LARGEST = 4096;

  /** The sample, to be stored. */
  static Value sample() {
    Map<String, String> fields = new HashMap<>(Sample.ATTRIBUTES);
    fields.put(PERSON, Sample.PERSON.id());
    fields.put(ROLES, String.join(",", Sample.PERSON.roles()));
    fields.put(DEADLINE, "4102444800000");
    return new Value(fields);
  }

  static Value decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Map<String, String> fields = new HashMap<>();
    int count = in.getShort();
    for (int i = 0; i < count; i++) {
      fields.put(read(in), read(in));
    }
    return new Value(fields);
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(LARGEST);
    out.putShort((short) fields.size());
    fields.forEach(
        (name, value) -> {
          write(out, name);
          write(out, value);
        });
    return Arrays.copyOf(out.array(), out.position());
  }

  private static String read(ByteBuffer in) {
    int length = in.getShort();
    String text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  private static void write(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putShort((short) bytes.length).put(bytes);
  }

  /** What a read-only request looks at: the person, the deadline, every attribute. */
  long read() {
    if (Long.parseLong(get(DEADLINE)) < 0) {
      throw new IllegalStateException("it has ended");
    }
    long characters = get(PERSON).length();
    for (String name : Sample.NAMES) {
      characters += get(name).length();
    }
    return Sample.checked(characters);
  }

  long counter() {
    return Long.parseLong(get(Sample.COUNTER));
  }

  private String get(String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalStateException("no " + name + " was found");
    }
    return value;
  }
}
