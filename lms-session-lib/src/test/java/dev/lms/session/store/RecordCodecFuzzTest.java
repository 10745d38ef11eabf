// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.Envelope;
import dev.lms.session.fuzz.FuzzTarget;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records: nothing, or what is read again as it was. */
class RecordCodecFuzzTest extends FuzzTarget {
  @Override
  protected List<byte[]> binarySeeds() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Envelope envelope = new Envelope(now, Optional.empty(), now, Optional.empty());
    return List.of(
        RecordCodec.encode(envelope, Map.of()),
        RecordCodec.encode(envelope, Map.of("a", "1", "zoë", "x".repeat(300))));
  }

  @Override
  protected void check(byte[] input) {
    RecordCodec.decode(ByteBuffer.wrap(input))
        .ifPresent(
            read -> {
              byte[] written = RecordCodec.encode(read);
              assertEquals(Optional.of(read), RecordCodec.decode(ByteBuffer.wrap(written)));
            });
  }
}
