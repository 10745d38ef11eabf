// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lms.pagecache.fuzz.FuzzTarget;
import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.HoleMarkers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Bodies with holes: filled while they pass, in pieces of any length, as when they are kept; and no
 * digit of a marker leaves. An input is a body in which {@code <1>}, {@code <2>} are markers,
 * {@code <u>} and {@code <c>} one in capitals and one that is cut; its first byte says how long
 * pieces are.
 */
class HoleMarkersFuzzTest extends FuzzTarget {
  private static final Map<String, byte[]> FILLED =
      Map.of("1", "one".getBytes(StandardCharsets.UTF_8), "2", new byte[0]);

  private final HoleMarkers markers = new HoleMarkers(new SecureRandom());
  private final String one = markers.marker("1");
  private final String two = markers.marker("2");

  @Override
  protected boolean takesLongInputs() {
    return false; // What grows 20 times as it is written here.
  }

  @Override
  protected void check(byte[] input) {
    String body =
        latin1(input)
            .replace("<1>", one)
            .replace("<2>", two)
            .replace("<u>", one.toUpperCase(Locale.ROOT))
            .replace("<c>", one.substring(0, one.length() - 6))
            .replace("<x>", one.substring(0, one.length() - 1) + "7");
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    int piece = input.length == 0 ? 1 : 1 + (input[0] & 0x7f);
    Optional<String> kept = kept(bytes);
    assertEquals(kept, passed(bytes, piece));
    kept.ifPresent(sent -> assertFalse(markers.isIn(sent), sent));
  }

  private Optional<String> kept(byte[] bytes) {
    try {
      Body body = markers.split(bytes);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      body.writeTo(out, Coding.IDENTITY, FILLED);
      return Optional.of(out.toString(StandardCharsets.ISO_8859_1));
    } catch (IllegalStateException | IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String> passed(byte[] bytes, int piece) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try (OutputStream out = markers.filling(sent, FILLED, () -> {})) {
      for (int at = 0; at < bytes.length; at += piece) {
        out.write(bytes, at, Math.min(piece, bytes.length - at));
      }
    } catch (IllegalStateException | IOException e) {
      assertFalse(markers.isIn(sent.toString(StandardCharsets.ISO_8859_1)));
      return Optional.empty();
    }
    return Optional.of(sent.toString(StandardCharsets.ISO_8859_1));
  }
}
