// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields that most messages do not have. The JDK's {@link Headers} make three objects of each
 * name they are asked for; their set of names makes none. That of another provider is put together
 * each time it is asked for.
 */
final class SparingFields {
  private static final Module JDK = Headers.class.getModule();

  private SparingFields() {}

  /**
   * Whether there is such a field.
   *
   * @param name as {@link Headers} keep it: only its first letter is in upper case
   */
  static boolean has(Headers headers, String name) {
    return headers.getClass().getModule() == JDK
        ? headers.keySet().contains(name)
        : headers.containsKey(name);
  }

  /**
   * The first line of a field.
   *
   * @param name as {@link Headers} keep it: only its first letter is in upper case
   */
  static @Nullable String first(Headers headers, String name) {
    return has(headers, name) ? headers.getFirst(name) : null;
  }
}
