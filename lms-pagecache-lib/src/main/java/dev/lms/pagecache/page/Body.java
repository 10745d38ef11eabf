// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import dev.lms.pagecache.http.Coding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer: literal bytes, and holes between them that are filled for each person.
 * Written without ever being copied together. Immutable, but for the latest name of it.
 *
 * <p>In gzip a body without holes is one ready-made member. With holes, each literal was deflated
 * on its own (RFC 1951) and ends on a byte boundary with an empty window, so that a hole can go
 * between as a stored block. What is in a hole is therefore never compressed together with
 * anything, and its content cannot be guessed from the length of the answer (the BREACH attack).
 */
public final class Body {
  /** The empty body. */
  public static final Body EMPTY = new Body(List.of(), null);

  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final byte[] DEFLATE_END = {3, 0};
  private static final int GZIP_TRAILER = 8;
  private static final int STORED_HEADER = 5;
  private static final int STORED_MAX = 0xffff;

  /** A literal with its deflated form once {@link #compressed}, or a hole. */
  public sealed interface Part {
    /**
     * Bytes that are the same for everybody.
     *
     * @param bytes the bytes
     * @param deflated their deflated form; null before {@link #compressed}
     */
    record Literal(Slice bytes, @Nullable Slice deflated) implements Part {}

    /**
     * A place that is filled for each person.
     *
     * @param name the hole's name
     */
    record Hole(String name) implements Part {}
  }

  private final List<Part> parts;
  private final @Nullable Slice gzip;
  // Asked for at every hit, so worked out once.
  private final List<String> holes;
  private final boolean gzipReady;
  // Of what strangers see, who mostly see the same. It says itself what it is the name of, so it
  // does not matter which thread wrote it last.
  private @Nullable FilledName nameForStrangers;

  /**
   * Creates a body.
   *
   * @param parts literals and holes, in order
   * @param gzip the gzip form of the whole; null if there is none
   */
  public Body(List<Part> parts, @Nullable Slice gzip) {
    this.parts = List.copyOf(parts);
    this.gzip = gzip;
    this.holes =
        parts.stream()
            .filter(Part.Hole.class::isInstance)
            .map(part -> ((Part.Hole) part).name())
            .toList();
    this.gzipReady =
        gzip != null
            || (hasHoles()
                && parts.stream()
                    .allMatch(part -> !(part instanceof Part.Literal l) || l.deflated() != null));
  }

  /**
   * A body without holes.
   *
   * @param bytes the bytes; not to be changed afterwards
   * @return the body
   */
  public static Body of(byte[] bytes) {
    if (bytes.length == 0) {
      return EMPTY;
    }
    return new Body(List.of(new Part.Literal(new Slice(bytes, 0, bytes.length), null)), null);
  }

  /** {@return literals and holes, in order} */
  public List<Part> parts() {
    return parts;
  }

  /** {@return the gzip form of the whole; null if there is none} */
  public @Nullable Slice wholeGzip() {
    return gzip;
  }

  /**
   * The names of the holes.
   *
   * @return in the order of the body; a name comes as often as the hole
   */
  public List<String> holes() {
    return holes;
  }

  /**
   * Whether there are holes.
   *
   * @return true if at least one has to be filled
   */
  public boolean hasHoles() {
    return !holes.isEmpty();
  }

  /**
   * Whether a coding is ready to be sent.
   *
   * @param coding the coding
   * @return true for identity, and for gzip after {@link #compressed}
   */
  public boolean has(Coding coding) {
    return coding == Coding.IDENTITY || gzipReady;
  }

  /**
   * This body with gzip ready.
   *
   * @return a body that also has {@link Coding#GZIP}
   */
  public Body compressed() {
    if (parts.isEmpty() || has(Coding.GZIP)) {
      return this;
    }
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      return hasHoles() ? deflatedParts(deflater) : wholeMember(deflater);
    } finally {
      deflater.end();
    }
  }

  private Body deflatedParts(Deflater deflater) {
    List<Part> done = new ArrayList<>();
    for (Part part : parts) {
      done.add(
          part instanceof Part.Literal literal
              ? new Part.Literal(
                  literal.bytes(), deflate(deflater, literal.bytes(), Deflater.FULL_FLUSH))
              : part);
    }
    return new Body(done, null);
  }

  private Body wholeMember(Deflater deflater) {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    member.writeBytes(GZIP_HEADER);
    CRC32 crc = new CRC32();
    long length = 0;
    for (Part part : parts) {
      Slice bytes = ((Part.Literal) part).bytes();
      Slice deflated = deflate(deflater, bytes, Deflater.FULL_FLUSH);
      member.write(deflated.array, deflated.offset, deflated.length);
      crc.update(bytes.array, bytes.offset, bytes.length);
      length += bytes.length;
    }
    member.writeBytes(DEFLATE_END);
    member.writeBytes(trailer(crc.getValue(), length));
    byte[] all = member.toByteArray();
    return new Body(parts, new Slice(all, 0, all.length));
  }

  private static Slice deflate(Deflater deflater, Slice bytes, int flush) {
    deflater.setInput(bytes.array, bytes.offset, bytes.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 64);
    byte[] buffer = new byte[8192];
    int n;
    do {
      n = deflater.deflate(buffer, 0, buffer.length, flush);
      out.write(buffer, 0, n);
    } while (n == buffer.length);
    byte[] deflated = out.toByteArray();
    return new Slice(deflated, 0, deflated.length);
  }

  /**
   * How many bytes {@link #writeTo} writes.
   *
   * @param coding the coding
   * @param filled the value of each hole
   * @return the length in bytes
   */
  public long length(Coding coding, Map<String, byte[]> filled) {
    if (coding == Coding.GZIP && gzip != null) {
      return gzip.length;
    }
    long length = 0;
    for (Part part : parts) {
      if (part instanceof Part.Literal literal) {
        length += form(literal, coding).length;
      } else {
        int hole = valueOf((Part.Hole) part, filled).length;
        length += coding == Coding.GZIP ? hole + (long) STORED_HEADER * blocks(hole) : hole;
      }
    }
    return coding == Coding.GZIP
        ? GZIP_HEADER.length + length + DEFLATE_END.length + GZIP_TRAILER
        : length;
  }

  /**
   * Writes the body.
   *
   * @param out where to; neither flushed nor closed
   * @param coding the coding, which must be ready
   * @param filled the value of each hole
   * @throws IOException from {@code out}
   */
  public void writeTo(OutputStream out, Coding coding, Map<String, byte[]> filled)
      throws IOException {
    if (coding == Coding.IDENTITY) {
      for (Part part : parts) {
        if (part instanceof Part.Literal literal) {
          literal.bytes().writeTo(out);
        } else {
          out.write(valueOf((Part.Hole) part, filled));
        }
      }
    } else if (gzip != null) {
      gzip.writeTo(out);
    } else {
      writeAssembledGzip(out, filled);
    }
  }

  private void writeAssembledGzip(OutputStream out, Map<String, byte[]> filled) throws IOException {
    CRC32 crc = new CRC32();
    long length = 0;
    out.write(GZIP_HEADER);
    for (Part part : parts) {
      if (part instanceof Part.Literal literal) {
        Slice bytes = literal.bytes();
        form(literal, Coding.GZIP).writeTo(out);
        crc.update(bytes.array, bytes.offset, bytes.length);
        length += bytes.length;
      } else {
        byte[] value = valueOf((Part.Hole) part, filled);
        writeStored(out, value);
        crc.update(value);
        length += value.length;
      }
    }
    out.write(DEFLATE_END);
    out.write(trailer(crc.getValue(), length));
  }

  /** Stored blocks of RFC 1951 section 3.2.4: length, its complement, the bytes. */
  private static void writeStored(OutputStream out, byte[] value) throws IOException {
    for (int from = 0; from < value.length; from += STORED_MAX) {
      int length = Math.min(STORED_MAX, value.length - from);
      out.write(
          new byte[] {
            0,
            (byte) length,
            (byte) (length >>> Byte.SIZE),
            (byte) ~length,
            (byte) (~length >>> Byte.SIZE)
          });
      out.write(value, from, length);
    }
  }

  private static int blocks(int length) {
    return (length + STORED_MAX - 1) / STORED_MAX;
  }

  private static byte[] trailer(long crc, long length) {
    byte[] trailer = new byte[GZIP_TRAILER];
    for (int i = 0; i < Integer.BYTES; i++) {
      trailer[i] = (byte) (crc >>> (Byte.SIZE * i));
      trailer[Integer.BYTES + i] = (byte) (length >>> (Byte.SIZE * i));
    }
    return trailer;
  }

  private static Slice form(Part.Literal literal, Coding coding) {
    if (coding == Coding.IDENTITY) {
      return literal.bytes();
    }
    Slice deflated = literal.deflated();
    if (deflated == null) {
      throw new IllegalStateException("The body has no gzip form; call compressed() first");
    }
    return deflated;
  }

  private static byte[] valueOf(Part.Hole hole, Map<String, byte[]> filled) {
    byte[] value = filled.get(hole.name());
    if (value == null) {
      throw new IllegalArgumentException("Nothing fills the hole \"" + hole.name() + "\"");
    }
    return value;
  }

  /**
   * Adds everything but the values of the holes to a digest, unambiguously.
   *
   * @param digest the digest
   */
  public void digest(Digests digest) {
    for (Part part : parts) {
      if (part instanceof Part.Literal literal) {
        digest.part('L', literal.bytes());
      } else {
        digest.part('H', ((Part.Hole) part).name());
      }
    }
  }

  @Nullable FilledName nameForStrangers() {
    return nameForStrangers;
  }

  void rememberForStrangers(FilledName latest) {
    nameForStrangers = latest;
  }

  /** {@return the approximate number of bytes that this body takes in memory} */
  public int weight() {
    int weight = gzip == null ? 0 : gzip.length;
    for (Part part : parts) {
      weight += 64;
      if (part instanceof Part.Literal literal) {
        Slice deflated = literal.deflated();
        weight += literal.bytes().length + (deflated == null ? 0 : deflated.length);
      }
    }
    return weight;
  }
}
