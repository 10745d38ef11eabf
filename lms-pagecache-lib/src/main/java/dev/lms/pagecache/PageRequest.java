// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * A request, as an adapter shows it to the cache, and as the cache shows it to a handler. It does
 * not change while it is served, except for fields that filters in front of the cache add.
 */
public interface PageRequest {
  /** {@return the method, in upper case, as the client sent it} */
  String method();

  /**
   * {@return the request target as the client sent it: raw, and with a host only if the client sent
   * one there}
   */
  URI target();

  /**
   * {@return the lines of a header field, in order; empty if there is none} Every hit asks, mostly
   * for fields that are absent.
   *
   * @param name the field's name, in any case
   */
  List<String> lines(String name);

  /** {@return the lines of all header fields, by name in any case; only to be read} */
  Map<String, List<String>> fields();

  /**
   * {@return whether this request was already answered and is rendered once more for later ones; no
   * client waits for it, and it has no body} False for the requests of an adapter.
   */
  default boolean isOver() {
    return false;
  }
}
