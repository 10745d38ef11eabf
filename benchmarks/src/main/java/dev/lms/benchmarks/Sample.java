// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The session that every contender keeps: a person and ten attributes, about 1 KB. */
final class Sample {
  static final Principal PERSON = person(0);

  /** The attribute that {@code change} changes. */
  static final String COUNTER = "visits";

  static final Map<String, String> ATTRIBUTES = attributes();
  static final List<String> NAMES = List.copyOf(ATTRIBUTES.keySet());

  /** What reading the person's id and every attribute comes to. */
  static final long CHARACTERS =
      PERSON.id().length() + ATTRIBUTES.values().stream().mapToLong(String::length).sum();

  private static final long FIRST_PERSON = 1_000_000_000_000L;

  private Sample() {}

  /** One of many people, whose ids are of one length. */
  static Principal person(long number) {
    return new Principal("student" + (FIRST_PERSON + number), Set.of("student"));
  }

  private static Map<String, String> attributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put(COUNTER, "0");
    for (int i = 1; i < 10; i++) {
      attributes.put("attribute" + i, ("value " + i + " ").repeat(13));
    }
    return attributes;
  }

  /** Fails on any other reading, so that no contender is fast because it found nothing. */
  static long checked(long characters) {
    if (characters != CHARACTERS) {
      throw new IllegalStateException(
          "read %d characters where %d were stored".formatted(characters, CHARACTERS));
    }
    return characters;
  }
}
