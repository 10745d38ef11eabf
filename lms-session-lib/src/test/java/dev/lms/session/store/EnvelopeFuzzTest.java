// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Envelopes and forwards as text, signed or not: nothing, or what is written as it was read. */
class EnvelopeFuzzTest extends FuzzTarget {
  private static final String HANDLE = "handle";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Envelope ENVELOPE =
      new Envelope(NOW, Optional.of(NOW), NOW, Optional.of(new Principal("zoë", Set.of("a", "b"))));

  private final EnvelopeCodec codec =
      new EnvelopeCodec(KeyRing.of("a key of the tests, which guards nothing"));
  private final String signed = codec.encode(HANDLE, ENVELOPE);
  private final Forward forward = new Forward("other", Optional.of(NOW));
  private final Map<String, Object> made =
      Map.of(signed, ENVELOPE, codec.encode(HANDLE, forward), forward);

  @Override
  protected List<byte[]> binarySeeds() {
    return made.keySet().stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  @Override
  protected void check(byte[] input) {
    String text = utf8(input);
    EnvelopeText.read(text)
        .ifPresent(
            read -> assertEquals(Optional.of(read), EnvelopeText.read(EnvelopeText.of(read))));
    Forward.fromText(text)
        .ifPresent(read -> assertEquals(Optional.of(read), Forward.fromText(read.toText())));
    codec.decode(HANDLE, text).ifPresent(read -> assertEquals(ENVELOPE, read));
    codec.decodeForward(HANDLE, text).ifPresent(read -> assertEquals(forward, read));
    assertEquals(Optional.empty(), codec.decode("x" + HANDLE, text));
  }
}
