package dev.lms.session.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PackedAttributesTest {
  private static final Map<String, String> ATTRIBUTES =
      Map.of("", "1:n1:2", "zoë", "", "12:", "☃", "𝄞", "\0\n");

  @Test
  void whatWasPackedIsUnpacked() {
    byte[] packed = PackedAttributes.of(ATTRIBUTES).orElseThrow().getBytes(StandardCharsets.UTF_8);
    assertEquals(Optional.of(ATTRIBUTES), PackedAttributes.unpack(packed));
  }

  @Test
  void oneAttributeOrALargeOneIsNotPacked() {
    assertEquals(Optional.empty(), PackedAttributes.of(Map.of("a", "1")));
    assertEquals(Optional.empty(), PackedAttributes.of(Map.of("a", "x".repeat(4096), "b", "1")));
  }

  @Test
  void whatIsCutIsNothing() {
    byte[] packed = "1:a2:bc1:d10:0123456789".getBytes(StandardCharsets.UTF_8);
    Set<Integer> whole = Set.of(0, 7, packed.length);
    for (int length = 0; length <= packed.length; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertEquals(whole.contains(length), PackedAttributes.unpack(cut).isPresent(), "" + length);
    }
  }

  @Test
  void everyByteMayBeWrong() {
    byte[] packed = "1:a2:bc1:d1:e".getBytes(StandardCharsets.UTF_8);
    Optional<Map<String, String>> right = PackedAttributes.unpack(packed);
    for (int at = 0; at < packed.length; at++) {
      for (int wrong = 0; wrong < 256; wrong++) {
        byte[] other = packed.clone();
        other[at] = (byte) wrong;
        if (other[at] != packed[at]) {
          assertNotEquals(right, PackedAttributes.unpack(other), at + " is " + wrong);
        }
      }
    }
  }
}
