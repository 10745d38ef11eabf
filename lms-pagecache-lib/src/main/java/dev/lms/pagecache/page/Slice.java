package dev.lms.pagecache.page;

import java.io.IOException;
import java.io.OutputStream;

/** A stretch of bytes inside an array that is never written again. */
public final class Slice {
  public static final Slice EMPTY = new Slice(new byte[0], 0, 0);

  public final byte[] array;
  public final int offset;
  public final int length;

  public Slice(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(array, offset, length);
  }
}
