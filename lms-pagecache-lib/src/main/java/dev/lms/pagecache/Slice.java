package dev.lms.pagecache;

import java.io.IOException;
import java.io.OutputStream;

/** A stretch of bytes inside an array that is never written again. */
final class Slice {
  static final Slice EMPTY = new Slice(new byte[0], 0, 0);

  final byte[] array;
  final int offset;
  final int length;

  Slice(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(array, offset, length);
  }
}
