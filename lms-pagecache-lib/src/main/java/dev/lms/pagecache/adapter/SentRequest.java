// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.adapter;

import dev.lms.pagecache.PageRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request as a client sent it. Immutable.
 *
 * @param method the method, in upper case
 * @param target path and query, raw
 * @param fields the lines of all header fields, by name in any case
 */
public record SentRequest(String method, URI target, Map<String, List<String>> fields)
    implements PageRequest {

  /** Copies the fields. */
  public SentRequest {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    fields.forEach((name, lines) -> copy.put(name, List.copyOf(lines)));
    fields = Collections.unmodifiableMap(copy);
  }

  /**
   * {@return a request as servers tell it} One whose path or query no URI may have gets past the
   * cache.
   *
   * @param method the method, in upper case
   * @param path the path as the client sent it, not decoded
   * @param query the query as the client sent it; null or empty if there is none
   * @param fields the lines of all header fields, by name in any case
   */
  public static SentRequest of(
      String method, String path, @Nullable String query, Map<String, List<String>> fields) {
    String more = query == null || query.isEmpty() ? "" : '?' + query;
    return new SentRequest(method, targetOf(path, more), fields);
  }

  private static URI targetOf(String path, String query) {
    try {
      return new URI(path + query);
    } catch (URISyntaxException sent) {
      try {
        return new URI(null, null, path, ""); // With a fragment, it is the target of no page.
      } catch (URISyntaxException e) {
        return URI.create("unknown:target");
      }
    }
  }

  @Override
  public List<String> lines(String name) {
    return fields.getOrDefault(name, List.of());
  }
}
