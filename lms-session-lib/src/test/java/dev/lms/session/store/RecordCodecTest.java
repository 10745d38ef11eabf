// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.Device;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever a session and a sign-in take comes back as it was; cut, it is nothing. */
class RecordCodecTest {
  private final Random random = new Random(20260301);

  /** Any characters, pairs and halves of pairs included. */
  private String text(int longest) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(longest + 1);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(4)) {
        case 0 -> text.append((char) random.nextInt(0x80));
        case 1 -> text.append("|,%+=;\0\r\n\"".charAt(random.nextInt(10)));
        case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x10000));
        default -> text.append((char) random.nextInt(0x10000));
      }
    }
    return text.toString();
  }

  private String writable(int longest) {
    String text = text(longest);
    return StandardCharsets.UTF_8.newEncoder().canEncode(text)
        ? text
        : "x" + text.replaceAll("[\\ud800-\\udfff]", "?");
  }

  private Instant instant() {
    return Instant.ofEpochMilli(random.nextLong() >> random.nextInt(64));
  }

  @Test
  void whatGoesInComesOut() {
    for (int round = 0; round < 3_000; round++) {
      Set<String> roles = new HashSet<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        roles.add("r" + writable(10));
      }
      Optional<Principal> principal =
          random.nextBoolean()
              ? Optional.empty()
              : Optional.of(new Principal("p" + writable(20), roles));
      Envelope envelope =
          new Envelope(
                  instant(),
                  random.nextBoolean() ? Optional.empty() : Optional.of(instant()),
                  instant(),
                  principal)
              .withDevice(new Device(text(300), text(300)));
      Map<String, String> attributes = new HashMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        attributes.put(writable(20), writable(random.nextInt(3) == 0 ? 20_000 : 200));
      }
      RecordCodec.Content content =
          new RecordCodec.Content(
              envelope,
              attributes,
              random.nextBoolean() ? Optional.empty() : Optional.of(writable(3)));
      byte[] bytes = RecordCodec.encode(content);
      assertEquals(Optional.of(content), RecordCodec.decode(ByteBuffer.wrap(bytes)));
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      RecordCodec.decode(ByteBuffer.wrap(cut)); // Absent or a shorter one, never an exception.
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
      RecordCodec.decode(ByteBuffer.wrap(bytes));
    }
  }

  /** Five bytes of a length hold more bits than a number has. */
  @Test
  void aLengthThatOverflowsIsNoRecord() {
    for (String length : List.of("ffffffff7f", "ffffffff0f", "8080808008", "b0a4c19b78")) {
      byte[] bytes = HexFormat.of().parseHex(length + "61");
      assertEquals(Optional.empty(), RecordCodec.decode(ByteBuffer.wrap(bytes)), length);
    }
  }

  /** A browser may send half of one, and 256 characters may end in the middle of one. */
  @Test
  void aDeviceHoldsNoHalfOfAPair() {
    String face = "\ud83d\ude00";
    assertEquals("a".repeat(255) + "?", new Device("a".repeat(255) + face, "").userAgent());
    assertEquals("?" + face, new Device("\ude00" + face, "").userAgent());
  }
}
