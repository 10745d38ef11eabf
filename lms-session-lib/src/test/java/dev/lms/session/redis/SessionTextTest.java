// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lms.session.redis.RedisValue.Found;
import dev.lms.session.redis.RedisValue.Moved;
import dev.lms.session.redis.RedisValue.None;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionTextTest {
  private static final Instant DEADLINE = Instant.parse("2030-01-02T03:04:05.678Z");
  private static final Map<String, String> ATTRIBUTES =
      Map.of(
          "", "1:n1:2", "zoë", "", "next ", "☃", "𝄞", "\0\n\0\0\0\1", "revoked", "x".repeat(300));

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Stream.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Test
  void whatWasWrittenIsRead() {
    byte[] text = SessionText.of(DEADLINE, "an|envelope", ATTRIBUTES);
    assertEquals(new Found(DEADLINE, "an|envelope", ATTRIBUTES), SessionText.parse(text));
  }

  @Test
  void whatIsAppendedCountsMore() {
    byte[] text =
        joined(
            SessionText.of(DEADLINE, "e", Map.of("a", "1", "b", "2")),
            SessionText.of(Map.of("b", "", "c", "3")),
            SessionText.of(Map.of("c", "4")));
    Map<String, String> all = Map.of("a", "1", "b", "", "c", "4");
    assertEquals(new Found(DEADLINE, "e", all), SessionText.parse(text));
  }

  @Test
  void aDeadlineIsPutInPlaceOfTheOneBefore() {
    for (long millis : new long[] {-1, 0, 1, DEADLINE.toEpochMilli(), 999_999_999_999_999L}) {
      byte[] text = SessionText.of(DEADLINE, "e", Map.of());
      byte[] deadline = SessionText.of(Instant.ofEpochMilli(millis));
      System.arraycopy(deadline, 0, text, "000000000 ".length(), deadline.length);
      Instant read = Instant.ofEpochMilli(Math.max(0, millis));
      assertEquals(new Found(read, "e", Map.of()), SessionText.parse(text));
    }
  }

  @Test
  void aDeadlineThatNobodyWillSeeIsTheLastThatCanBeWritten() {
    byte[] text = SessionText.of(Instant.ofEpochMilli(Long.MAX_VALUE), "e", Map.of());
    Instant last = Instant.ofEpochMilli(999_999_999_999_999L);
    assertEquals(new Found(last, "e", Map.of()), SessionText.parse(text));
  }

  @Test
  void nothingAndTheMarkOfARevocationAreAbsent() {
    assertEquals(None.ABSENT, SessionText.parse(null));
    assertEquals(None.ABSENT, SessionText.parse("revoked".getBytes(UTF_8)));
    assertEquals(new Moved("to|ünï"), SessionText.parse("next to|ünï".getBytes(UTF_8)));
  }

  @Test
  void whatIsCutIsUnreadable() {
    Map<String, String> two = new LinkedHashMap<>();
    two.put("a", "bc");
    two.put("d", "0123456789");
    byte[] text = SessionText.of(DEADLINE, "e", two);
    int one = SessionText.of(DEADLINE, "e", Map.of("a", "bc")).length;
    int none = SessionText.of(DEADLINE, "e", Map.of()).length;
    for (int length = 0; length <= text.length; length++) {
      boolean whole = length == none || length == one || length == text.length;
      RedisValue read = SessionText.parse(Arrays.copyOf(text, length));
      assertEquals(whole, read instanceof Found, length + " bytes: " + read);
      assertEquals(!whole, read == None.UNREADABLE, length + " bytes: " + read);
    }
  }

  @Test
  void everyByteMayBeWrong() {
    byte[] text = SessionText.of(DEADLINE, "e", Map.of("a", "bc"));
    RedisValue right = SessionText.parse(text);
    // How long it may grow concerns only who writes.
    for (int at = "000000000".length(); at < text.length; at++) {
      for (int wrong = 0; wrong < 256; wrong++) {
        byte[] other = text.clone();
        other[at] = (byte) wrong;
        if (other[at] != text[at]) {
          assertNotEquals(right, SessionText.parse(other), at + " is " + wrong);
        }
      }
    }
  }
}
