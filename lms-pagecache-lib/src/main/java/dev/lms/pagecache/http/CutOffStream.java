// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.io.IOException;
import java.io.OutputStream;

/** In the place of a body that must not end as if it were whole: writing and closing fail. */
public final class CutOffStream extends OutputStream {
  /** Creates a stream that fails. */
  public CutOffStream() {}

  @Override
  public void write(int b) throws IOException {
    close();
  }

  @Override
  public void close() throws IOException {
    throw new IOException("The answer was cut off");
  }
}
