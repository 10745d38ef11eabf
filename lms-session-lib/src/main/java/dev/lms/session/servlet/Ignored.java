// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.servlet;

/** What is written to nobody. One that streams would go on until the server stops. */
final class Ignored {
  static final int OF_A_FLUSH = 4 * 1024;
  private static final long MOST = 64 * 1024;

  private long bytes;

  void add(int more) throws NobodyReads {
    if (bytes > MOST) {
      throw new NobodyReads();
    }
    bytes += more;
  }
}
