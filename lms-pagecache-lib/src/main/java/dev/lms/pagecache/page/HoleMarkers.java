// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import dev.lms.pagecache.http.Fields;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Stand-ins for holes while one page is rendered. A marker holds 128 random bits that are new for
 * each render and never leave the server, so nobody can write one into their own content. Markers
 * are letters, digits and hyphens: escaping for HTML leaves them alone. For use by one thread.
 */
public final class HoleMarkers {
  private static final String START = "lms-hole-";
  private static final int RANDOM_BYTES = 16;
  private static final int INDEX_DIGITS = 4;

  /** So many of the random digits tell a marker: nobody writes them by chance. */
  private static final int TELLING_DIGITS = 12;

  private static final int MAX_NAMES = 1 << (4 * INDEX_DIGITS);

  private final SecureRandom random;
  private final List<String> names = new ArrayList<>();

  /** Made when the first marker is asked for. */
  private String prefixText = "";

  private byte[] prefix = new byte[0];
  private byte[] telling = new byte[0];

  /**
   * Markers for one render.
   *
   * @param random where the unguessable part comes from
   */
  public HoleMarkers(SecureRandom random) {
    this.random = random;
  }

  private void drawPrefix() {
    byte[] secret = new byte[RANDOM_BYTES];
    random.nextBytes(secret);
    prefixText = START + HexFormat.of().formatHex(secret) + '-';
    prefix = prefixText.getBytes(StandardCharsets.US_ASCII);
    telling = Arrays.copyOfRange(prefix, START.length(), START.length() + TELLING_DIGITS);
  }

  /**
   * The marker of a hole; the same each time it is asked for.
   *
   * @param name the hole
   * @return the text to be written where the hole is
   */
  public String marker(String name) {
    if (names.isEmpty()) {
      drawPrefix();
    }
    int index = names.indexOf(name);
    if (index < 0) {
      if (names.size() == MAX_NAMES) {
        throw new IllegalStateException("A page has at most " + MAX_NAMES + " different holes");
      }
      index = names.size();
      names.add(name);
    }
    return prefixText + HexFormat.of().toHexDigits(index, INDEX_DIGITS);
  }

  /**
   * Whether a marker was asked for.
   *
   * @return true if the body may hold markers
   */
  public boolean any() {
    return !names.isEmpty();
  }

  /**
   * The holes whose markers were asked for.
   *
   * @return their names
   */
  public List<String> names() {
    return List.copyOf(names);
  }

  /**
   * Turns a rendered body into literals and holes.
   *
   * @param bytes the body; not to be changed afterwards
   * @return the body with a hole for each marker
   * @throws IllegalStateException if there is a marker that was changed, as by an encoding that is
   *     none of ASCII's kin: it would go out as text
   */
  public Body split(byte[] bytes) {
    if (!any()) {
      return Body.of(bytes);
    }
    List<Body.Part> parts = new ArrayList<>();
    int from = 0;
    for (int at = find(bytes, 0, bytes.length); at >= 0; at = find(bytes, from, bytes.length)) {
      literal(parts, bytes, from, at);
      parts.add(new Body.Part.Hole(nameAt(bytes, at)));
      from = at + length();
    }
    literal(parts, bytes, from, bytes.length);
    return new Body(parts, null);
  }

  private void literal(List<Body.Part> parts, byte[] bytes, int from, int to) {
    if (from < to) {
      if (new MarkerTrace(telling).isIn(bytes, from, to)) {
        throw changed();
      }
      parts.add(new Body.Part.Literal(new Slice(bytes, from, to - from), null));
    }
  }

  /**
   * Whether a text holds a marker, changed or not: where there are no holes, as in header fields.
   *
   * @param text the text
   * @return true if it would tell what must not leave the server
   */
  public boolean isIn(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return any() && new MarkerTrace(telling).isIn(bytes, 0, bytes.length);
  }

  /**
   * Sees to it that no marker is where no hole can be: it would leave as it is.
   *
   * @param fields of the answer
   * @param length of its body; negative if there is none
   * @throws IllegalStateException if there is one
   */
  public void requireInBodyOnly(Fields fields, long length) {
    if (!any()) {
      return;
    }
    fields.forEach(
        (name, lines) -> {
          if (lines.stream().anyMatch(this::isIn)) {
            throw new IllegalStateException(
                "The field " + name + " has the marker of a hole; only the body has holes");
          }
        });
    if (length >= 0 && fields.has("Content-Encoding")) {
      throw new IllegalStateException(
          "The body has a Content-Encoding, so its holes cannot be filled; leave coding to the"
              + " cache");
    }
  }

  private static IllegalStateException changed() {
    return new IllegalStateException(
        "The page changed the marker of a hole; write it exactly as it was handed out, in UTF-8");
  }

  private int length() {
    return prefix.length + INDEX_DIGITS;
  }

  /** Where the next whole marker begins, or -1. */
  private int find(byte[] bytes, int from, int to) {
    for (int at = from; at <= to - length(); at++) {
      if (bytes[at] == prefix[0] && matches(bytes, at, prefix.length)) {
        return at;
      }
    }
    return -1;
  }

  private boolean matches(byte[] bytes, int at, int length) {
    return Arrays.equals(bytes, at, at + length, prefix, 0, length);
  }

  private String nameAt(byte[] bytes, int at) {
    String digits = new String(bytes, at + prefix.length, INDEX_DIGITS, StandardCharsets.US_ASCII);
    try {
      return names.get(HexFormat.fromHexDigits(digits));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      IllegalStateException changed = changed();
      changed.initCause(e);
      throw changed;
    }
  }

  /**
   * A stream that fills holes while a body passes that is too long to be kept.
   *
   * @param out where to
   * @param filled the value of each hole
   * @param lost run when a marker comes that was changed; writing and closing then fail, and
   *     nothing more is written
   * @return the stream; flushing it may keep back the beginning of a marker
   */
  public OutputStream filling(OutputStream out, Map<String, byte[]> filled, Runnable lost) {
    return new FillingStream(out, filled, lost);
  }

  private final class FillingStream extends FilterOutputStream {
    private final Map<String, byte[]> filled;
    private final Runnable lost;
    private final MarkerTrace trace = new MarkerTrace(telling);
    private byte[] held = new byte[0];
    private boolean failed;

    FillingStream(OutputStream out, Map<String, byte[]> filled, Runnable lost) {
      super(out);
      this.filled = filled;
      this.lost = lost;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      checkNotFailed();
      ByteArrayOutputStream all = new ByteArrayOutputStream(held.length + length);
      all.writeBytes(held);
      all.write(bytes, offset, length);
      byte[] now = all.toByteArray();
      int from = 0;
      for (int at = find(now, 0, now.length); at >= 0; at = find(now, from, now.length)) {
        literal(now, from, at);
        out.write(filled.getOrDefault(nameOf(now, at), new byte[0]));
        trace.reset();
        from = at + length();
      }
      int end = beginningOfMarker(now, from);
      literal(now, from, end);
      held = Arrays.copyOfRange(now, end, now.length);
    }

    private void literal(byte[] bytes, int from, int to) throws IOException {
      if (trace.isIn(bytes, from, to)) {
        fail();
        throw changed();
      }
      out.write(bytes, from, to - from);
    }

    private String nameOf(byte[] bytes, int at) {
      try {
        return nameAt(bytes, at);
      } catch (IllegalStateException e) {
        fail();
        throw e;
      }
    }

    private void fail() {
      failed = true;
      lost.run();
    }

    private void checkNotFailed() throws IOException {
      if (failed) {
        throw new IOException("The marker of a hole was changed, so the answer was cut off");
      }
    }

    /** Where a marker begins whose end has not come yet; the end of the bytes if there is none. */
    private int beginningOfMarker(byte[] bytes, int from) {
      for (int at = Math.max(from, bytes.length - length() + 1); at < bytes.length; at++) {
        if (matches(bytes, at, Math.min(prefix.length, bytes.length - at))) {
          return at;
        }
      }
      return bytes.length;
    }

    @Override
    public void flush() throws IOException {
      checkNotFailed();
      super.flush();
    }

    @Override
    public void close() throws IOException {
      checkNotFailed();
      byte[] last = held;
      held = new byte[0];
      literal(last, 0, last.length);
      super.close();
    }
  }
}
