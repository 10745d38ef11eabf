// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.Slice;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes pages as bytes, for stores that keep them outside the process: first a description of the
 * page, then the body in all its codings, which reading does not copy; tags are read when somebody
 * asks for them. Equal pages have equal bytes. Thread-safe.
 */
public final class PageCodec {
  private static final int FORMAT = 4;
  private static final byte LITERAL = 0;
  private static final byte HOLE = 1;
  private static final int ABSENT = -1;

  private PageCodec() {}

  /**
   * {@return a page as bytes for {@link #decode}}
   *
   * @param page the page
   */
  public static byte[] encode(Page page) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(page.weight());
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      out.writeShort(page.answer().status());
      out.writeLong(page.renderedAt().toEpochMilli());
      out.writeLong(page.freshUntil().toEpochMilli());
      out.writeLong(page.keptUntil().toEpochMilli());
      writeString(out, page.digest());
      page.encodedTags().writeTo(out);
      writeStrings(out, page.answer().fields().flattened());
      writeBody(out, page.answer().body());
    } catch (IOException e) {
      throw new UncheckedIOException("A page does not fit its format", e);
    }
    return bytes.toByteArray();
  }

  private static void writeBody(DataOutputStream out, Body body) throws IOException {
    List<Slice> contents = new ArrayList<>();
    out.writeInt(body.parts().size());
    for (Body.Part part : body.parts()) {
      if (part instanceof Body.Part.Literal literal) {
        out.writeByte(LITERAL);
        writeLength(out, literal.bytes(), contents);
        writeLength(out, literal.deflated(), contents);
      } else {
        out.writeByte(HOLE);
        writeString(out, ((Body.Part.Hole) part).name());
      }
    }
    writeLength(out, body.wholeGzip(), contents);
    for (Slice content : contents) {
      content.writeTo(out);
    }
  }

  private static void writeLength(DataOutputStream out, @Nullable Slice slice, List<Slice> contents)
      throws IOException {
    out.writeInt(slice == null ? ABSENT : slice.length);
    if (slice != null) {
      contents.add(slice);
    }
  }

  private static void writeStrings(DataOutputStream out, Iterable<String> all) throws IOException {
    List<String> strings = new ArrayList<>();
    all.forEach(strings::add);
    out.writeInt(strings.size());
    for (String string : strings) {
      writeString(out, string);
    }
  }

  private static void writeString(DataOutputStream out, String string) throws IOException {
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * {@return the page that the bytes describe}
   *
   * @param bytes from {@link #encode}; the page keeps them, so they must not be changed afterwards
   * @throws IllegalArgumentException if they are something else, or of another version
   */
  public static Page decode(byte[] bytes) {
    try {
      return new Reader(bytes).page();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("These bytes are not a page of this version", e);
    }
  }

  private static final class Reader {
    private final byte[] bytes;
    private final ByteBuffer in;

    Reader(byte[] bytes) {
      this.bytes = bytes;
      this.in = ByteBuffer.wrap(bytes);
    }

    Page page() {
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException("Format " + format + " instead of " + FORMAT);
      }
      int status = in.getShort();
      Instant renderedAt = Instant.ofEpochMilli(in.getLong());
      Instant freshUntil = Instant.ofEpochMilli(in.getLong());
      Instant keptUntil = Instant.ofEpochMilli(in.getLong());
      String digest = string();
      PageTags tags = PageTags.read(in);
      Answer answer = new Answer(status, fields(strings()), body());
      return new Page(answer, tags, renderedAt, freshUntil, keptUntil, digest);
    }

    private List<String> strings() {
      int count = in.getInt();
      List<String> strings = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        strings.add(string());
      }
      return strings;
    }

    private String string() {
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException("A text is shorter than it says");
      }
      byte[] text = new byte[length];
      in.get(text);
      return new String(text, StandardCharsets.UTF_8);
    }

    private static Fields fields(List<String> lines) {
      Map<String, List<String>> fields = new LinkedHashMap<>();
      for (String line : lines) {
        int colon = line.indexOf(": ");
        fields
            .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
            .add(line.substring(colon + 2));
      }
      return new Fields(fields);
    }

    private record Shape(@Nullable String hole, int length, int deflated) {}

    private Body body() {
      List<Shape> shapes = new ArrayList<>();
      int count = in.getInt();
      for (int i = 0; i < count; i++) {
        shapes.add(
            in.get() == HOLE
                ? new Shape(string(), 0, 0)
                : new Shape(null, in.getInt(), in.getInt()));
      }
      int gzip = in.getInt();
      int offset = in.position();
      List<Body.Part> parts = new ArrayList<>();
      for (Shape shape : shapes) {
        if (shape.hole() != null) {
          parts.add(new Body.Part.Hole(shape.hole()));
          continue;
        }
        Slice literal = slice(offset, shape.length());
        offset += literal.length;
        Slice deflated = shape.deflated() == ABSENT ? null : slice(offset, shape.deflated());
        offset += deflated == null ? 0 : deflated.length;
        parts.add(new Body.Part.Literal(literal, deflated));
      }
      return new Body(parts, gzip == ABSENT ? null : slice(offset, gzip));
    }

    private Slice slice(int offset, int length) {
      if (length < 0 || offset > bytes.length - length) {
        throw new IllegalArgumentException("The body is shorter than it says");
      }
      return new Slice(bytes, offset, length);
    }
  }
}
