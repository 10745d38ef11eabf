// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeCodecTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final EnvelopeCodec codec =
      new EnvelopeCodec(KeyRing.of("a key of the tests, which guards nothing"));

  @ParameterizedTest
  @ValueSource(strings = {"", "student", "a,b|c%2C+ü", "student;a,b;%"})
  void rolesComeBackWhateverTheyAreCalled(String roles) {
    Set<String> all = roles.isEmpty() ? Set.of() : Set.of(roles.split(";", -1));
    Envelope envelope =
        new Envelope(
            NOW, Optional.of(NOW), NOW.plusSeconds(1), Optional.of(new Principal("someone", all)));
    assertEquals(Optional.of(envelope), codec.decode("handle", codec.encode("handle", envelope)));
  }

  private static Envelope of(String person) {
    return new Envelope(
        NOW,
        Optional.of(NOW),
        NOW.plusSeconds(1),
        Optional.of(new Principal(person, Set.of("student"))));
  }

  /** What was verified is remembered: for its own session only. */
  @Test
  void anEnvelopeThatWasReadForOneSessionIsNothingForAnother() {
    String signed = codec.encode("handle", of("someone"));
    assertEquals(Optional.of(of("someone")), codec.decode("handle", signed));
    assertEquals(Optional.empty(), codec.decode("other", signed));
    assertEquals(Optional.of(of("someone")), codec.decode("handle", signed));
  }

  @Test
  void whatIsForgottenIsReadAgain() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5000; i++) {
        Envelope envelope = of("person" + i);
        String handle = "handle" + i;
        assertEquals(Optional.of(envelope), codec.decode(handle, codec.encode(handle, envelope)));
        assertEquals(Optional.empty(), codec.decode(handle, codec.encode("x" + i, envelope)));
      }
    }
  }
}
