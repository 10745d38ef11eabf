// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.io.IOException;
import java.io.OutputStream;

/** Lets one part of a body through that is written as a whole. */
public final class PartStream extends OutputStream {
  private final OutputStream out;
  private final long from;
  private final long to;
  private long at;

  /**
   * Creates a stream that writes only one part of what is written to it.
   *
   * @param out where the part goes
   * @param part the part
   */
  public PartStream(OutputStream out, ByteRange part) {
    this.out = out;
    this.from = part.from();
    this.to = from + part.length();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    long begin = Math.max(from, at);
    long end = Math.min(to, at + length);
    if (begin < end) {
      out.write(bytes, offset + (int) (begin - at), (int) (end - begin));
    }
    at += length;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
