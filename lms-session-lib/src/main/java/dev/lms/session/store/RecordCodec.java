package dev.lms.session.store;

import dev.lms.session.Envelope;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An envelope and attributes as bytes: texts in UTF-8, each behind its length (LEB128). Whoever
 * stores them adds the MAC or the seal. For authors of stores.
 */
public final class RecordCodec {
  private RecordCodec() {}

  /**
   * What was encoded.
   *
   * @param envelope whose session it is and since when
   * @param attributes what the application keeps in it
   */
  public record Content(Envelope envelope, Map<String, String> attributes) {}

  /** The bytes of a session. */
  public static byte[] encode(Envelope envelope, Map<String, String> attributes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    write(out, EnvelopeText.of(envelope));
    attributes.forEach(
        (name, value) -> {
          write(out, name);
          write(out, value);
        });
    return out.toByteArray();
  }

  /** Empty if the bytes are not a record of this version. */
  public static Optional<Content> decode(ByteBuffer in) {
    try {
      Optional<Envelope> envelope = EnvelopeText.read(read(in));
      Map<String, String> attributes = new HashMap<>();
      while (in.hasRemaining()) {
        attributes.put(read(in), read(in));
      }
      return envelope.map(e -> new Content(e, attributes));
    } catch (BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  /** The envelope alone; attributes are not looked at. Empty as {@link #decode}. */
  public static Optional<Envelope> decodeEnvelope(ByteBuffer in) {
    try {
      return EnvelopeText.read(read(in));
    } catch (BufferUnderflowException e) {
      return Optional.empty();
    }
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length;
    while (length > 0x7f) {
      out.write((length & 0x7f) | 0x80);
      length >>>= 7;
    }
    out.write(length);
    out.writeBytes(bytes);
  }

  private static String read(ByteBuffer in) {
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      length |= (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
      if (shift > 21) {
        throw new BufferUnderflowException();
      }
    }
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    String text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }
}
