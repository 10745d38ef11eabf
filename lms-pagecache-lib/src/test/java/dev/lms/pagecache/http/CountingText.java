// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.concurrent.atomic.AtomicLong;

/** A text that counts how often one of its characters is looked at. */
record CountingText(String text, AtomicLong steps) implements CharSequence {
  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    steps.incrementAndGet();
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    steps.addAndGet(end - start);
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    steps.addAndGet(text.length());
    return text;
  }
}
