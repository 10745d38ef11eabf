// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.HoleMarkers;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageCodec;
import dev.lms.pagecache.store.PageKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class BodyTest {
  private final HoleMarkers markers = new HoleMarkers(new SecureRandom());

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gunzip(byte[] bytes) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
  }

  private Body split(String text) {
    return markers.split(utf8(text));
  }

  private static String filled(Body body, Map<String, byte[]> values) {
    return new String(Pages.bytes(body, Coding.IDENTITY, values), StandardCharsets.UTF_8);
  }

  /** In both codings the announced length is what is written, and the bytes are the same. */
  private static void assertSound(String expected, Body body, Map<String, byte[]> values)
      throws IOException {
    assertEquals(expected, filled(body, values));
    Body ready = body.compressed();
    for (Coding coding : Coding.values()) {
      byte[] bytes = Pages.bytes(ready, coding, values);
      assertEquals(bytes.length, ready.length(coding, values));
      assertArrayEquals(utf8(expected), coding == Coding.GZIP ? gunzip(bytes) : bytes);
    }
  }

  @Test
  void holesGoWhereTheirMarkersWere() throws IOException {
    String menu = markers.marker("menu");
    String token = markers.marker("token");
    Map<String, byte[]> values = Map.of("menu", utf8("Änne"), "token", utf8("t0k"));
    assertSound("<nav>Änne</nav>t0k", split("<nav>" + menu + "</nav>" + token), values);
    assertSound("ÄnneÄnnet0k", split(menu + menu + token), values);
    assertSound("Änne", split(menu), values);
    assertEquals(List.of("menu", "token"), split(menu + "x" + token).holes());
  }

  @Test
  void gzipIsValidForLongRandomAndEmptyHoles() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String hole = markers.marker("h");
    for (int size : List.of(0, 1, 65_534, 65_535, 65_536, 200_000)) {
      byte[] value = utf8("v".repeat(size));
      String before =
          random
              .ints(3000, 32, 127)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      String after = "lorem ipsum ".repeat(2000);
      assertSound(
          before + "v".repeat(size) + after + "v".repeat(size),
          split(before + hole + after + hole),
          Map.of("h", value));
    }
  }

  @Test
  void gzipOfBodiesWithoutHolesIsReadyMade() throws IOException {
    String text = "lorem ipsum ".repeat(5000);
    Body body = Body.of(utf8(text));
    assertSound(text, body, Map.of());
    Body ready = body.compressed();
    assertTrue(Pages.bytes(ready, Coding.GZIP, Map.of()).length < text.length() / 20);
    assertTrue(ready.has(Coding.GZIP));
    assertFalse(body.has(Coding.GZIP));
  }

  /** BREACH: what is in a hole must not make the page shorter when the page repeats it. */
  @Test
  void theLengthOfAGzipBodySaysNothingAboutHoles() {
    String hole = markers.marker("secret");
    Body page = split("guess=s3cr3t-token-abcdef " + hole + " the end").compressed();
    long right = page.length(Coding.GZIP, Map.of("secret", utf8("s3cr3t-token-abcdef")));
    long wrong = page.length(Coding.GZIP, Map.of("secret", utf8("0123456789abcdefghi")));
    assertEquals(wrong, right);
  }

  @Test
  void anUnfilledHoleIsAnError() {
    Body body = split("a" + markers.marker("menu"));
    assertThrows(IllegalArgumentException.class, () -> filled(body, Map.of()));
  }

  @Test
  void nobodyCanForgeAHole() {
    String mine = markers.marker("menu");
    String others = new HoleMarkers(new SecureRandom()).marker("menu");
    String guess = "lms-hole-" + "0".repeat(32) + "-0000";
    assertNotEquals(mine, others);
    String text = others + guess + mine.substring(0, 20);
    Body body = split(text);
    assertFalse(body.hasHoles());
    assertEquals(text, filled(body, Map.of()));
  }

  @Test
  void whatFillsAHoleIsNotSearchedForMarkers() {
    String menu = markers.marker("menu");
    Body body = split("<" + menu + ">");
    assertEquals("<" + menu + ">", filled(body, Map.of("menu", utf8(menu))));
  }

  @Test
  void aMarkerThatWasChangedIsAnError() {
    String menu = markers.marker("menu");
    String changed = menu.substring(0, menu.length() - 4) + "0007";
    assertThrows(IllegalStateException.class, () -> split("x" + changed));
    String cut = menu.substring(0, menu.length() - 5);
    assertThrows(IllegalStateException.class, () -> split("x" + cut));
    assertThrows(IllegalStateException.class, () -> split(menu + "x" + cut));
  }

  @Test
  void markersSurviveHtmlEscaping() {
    assertTrue(markers.marker("menu").matches("[a-z0-9-]+"));
    assertEquals(markers.marker("menu"), markers.marker("menu"));
    assertNotEquals(markers.marker("menu"), markers.marker("token"));
  }

  @Test
  void streamsAreFilledHoweverTheyAreCut() throws IOException {
    String menu = markers.marker("menu");
    String token = markers.marker("token");
    String text = "lms-hole-<" + menu + token + ">lms-" + menu.substring(0, 20) + "#" + menu;
    String expected = "lms-hole-<MT>lms-" + menu.substring(0, 20) + "#M";
    Map<String, byte[]> values = Map.of("menu", utf8("M"), "token", utf8("T"));
    for (int chunk = 1; chunk <= text.length(); chunk++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream filling = markers.filling(out, values, () -> {})) {
        byte[] bytes = utf8(text);
        for (int from = 0; from < bytes.length; from += chunk) {
          filling.write(bytes, from, Math.min(chunk, bytes.length - from));
        }
      }
      assertEquals(expected, out.toString(StandardCharsets.UTF_8), "chunks of " + chunk);
    }
  }

  @Test
  void entityTagsChangeWithEverythingThatIsSent() {
    Instant now = Instant.EPOCH;
    String hole = markers.marker("menu");
    PageKey anon = Pages.key("/a", Variant.ANON);
    PageKey auth = Pages.key("/a", Variant.AUTH);
    Body body = split("x".repeat(300) + hole);
    Page page = Pages.page(auth, body, now);
    Map<String, byte[]> anna = Map.of("menu", utf8("Anna"));
    Map<String, byte[]> ben = Map.of("menu", utf8("Ben"));
    String tag = Pages.etag(page, Coding.IDENTITY, anna);
    assertTrue(tag.matches("\"[A-Za-z0-9_-]+\""), tag);
    assertEquals(
        tag, Pages.etag(Pages.page(auth, body, now.plusSeconds(5)), Coding.IDENTITY, anna));
    assertNotEquals(tag, Pages.etag(page, Coding.IDENTITY, ben));
    assertNotEquals(tag, Pages.etag(page, Coding.GZIP, anna));
    assertNotEquals(tag, Pages.etag(Pages.page(anon, body, now), Coding.IDENTITY, anna));
    assertNotEquals(
        tag,
        Pages.etag(Pages.page(auth, split("y".repeat(300) + hole), now), Coding.IDENTITY, anna));
    Fields json = new Fields(Map.of("Content-Type", List.of("application/json")));
    for (Answer other :
        List.of(
            new Answer(200, json, body),
            new Answer(404, page.unwrap(Answer.class).fields(), body))) {
      Page different =
          Page.of(other, auth, java.util.Set.of(), now, Pages.TTL, java.time.Duration.ZERO);
      assertNotEquals(tag, Pages.etag(different, Coding.IDENTITY, anna));
    }
    Body inBoth = split("x" + hole); // Too short to be compressed for each.
    assertNotEquals(
        Pages.etag(Pages.page(auth, inBoth, now), Coding.IDENTITY, anna),
        Pages.etag(Pages.page(anon, inBoth, now), Coding.IDENTITY, anna));
  }

  @Test
  void clientsGetTheCodingTheyAskFor() {
    assertEquals(Coding.GZIP, Coding.accepted(List.of("gzip, deflate, br")));
    assertEquals(Coding.GZIP, Coding.accepted(List.of("br", "GZIP;q=0.5")));
    assertEquals(Coding.GZIP, Coding.accepted(List.of("*")));
    assertEquals(Coding.GZIP, Coding.accepted(List.of("identity;q=0.5, gzip;q=0.6")));
    assertEquals(Coding.IDENTITY, Coding.accepted(List.of()));
    assertEquals(Coding.IDENTITY, Coding.accepted(List.of("")));
    assertEquals(Coding.IDENTITY, Coding.accepted(List.of("br, deflate")));
    assertEquals(Coding.IDENTITY, Coding.accepted(List.of("gzip;q=0")));
    assertEquals(Coding.IDENTITY, Coding.accepted(List.of("gzip;q=0, *")));
    assertEquals(Coding.IDENTITY, Coding.accepted(List.of("gzip; q=zero")));
    assertEquals(Coding.IDENTITY, Coding.accepted(List.of("identity, gzip;q=0.5")));
  }

  @Test
  void onlyWhatShrinksIsCompressed() {
    Body body = Body.of(utf8("z".repeat(1000)));
    assertTrue(compressed("text/html; charset=utf-8", body));
    assertTrue(compressed("application/problem+json", body));
    assertTrue(compressed("IMAGE/SVG+XML", body));
    assertFalse(compressed("image/png", body));
    assertFalse(compressed("text/plain", Body.of(utf8("short"))));
  }

  private static boolean compressed(String type, Body body) {
    Fields fields = new Fields(Map.of("Content-Type", List.of(type)));
    return new Answer(200, fields, body).compressed().body().has(Coding.GZIP);
  }

  @Test
  void garbageIsNotAPage() {
    byte[] page =
        PageCodec.encode(Pages.page(Pages.key("/a"), "x".repeat(300), Instant.EPOCH, "t"));
    for (int length = 0; length < page.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(page, length);
      assertThrows(IllegalArgumentException.class, () -> PageCodec.decode(cut));
    }
    byte[] other = page.clone();
    other[0]++;
    assertThrows(IllegalArgumentException.class, () -> PageCodec.decode(other));
  }
}
