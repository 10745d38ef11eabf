// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import java.io.IOException;
import java.io.OutputStream;

/** A stretch of bytes inside an array that is never written again. */
public final class Slice {
  /** No bytes. */
  public static final Slice EMPTY = new Slice(new byte[0], 0, 0);

  /** The array that holds the bytes. */
  public final byte[] array;

  /** Where the bytes begin. */
  public final int offset;

  /** How many bytes there are. */
  public final int length;

  /**
   * Creates a slice without copying.
   *
   * @param array the array, which must not be written any more
   * @param offset where the bytes begin
   * @param length how many there are
   */
  public Slice(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /**
   * Writes the bytes.
   *
   * @param out where to
   * @throws IOException from the stream
   */
  public void writeTo(OutputStream out) throws IOException {
    out.write(array, offset, length);
  }
}
