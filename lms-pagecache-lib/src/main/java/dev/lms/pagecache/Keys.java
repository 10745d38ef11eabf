// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Digests;
import dev.lms.pagecache.page.NormalForm;
import dev.lms.pagecache.store.PageKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys of requests: what of a request a page depends on. */
final class Keys {
  private Keys() {}

  /**
   * The key of a request.
   *
   * @param host the host, or empty where all hosts serve the same site
   * @param rawPath the path as it stood in the request; the key has its normal form (RFC 3986
   *     section 6.2.2)
   * @param rawQuery the query as it stood in the request, or null
   * @param named says which parameters and headers count
   * @param request the request's header fields
   * @param variant who may share the page
   */
  static PageKey of(
      String host,
      String rawPath,
      @Nullable String rawQuery,
      NamedRule named,
      Fields request,
      Variant variant) {
    PageRule rule = named.rule().orElseThrow();
    PageKey.Builder key = PageKey.builder(host, NormalForm.ofPath(rawPath)).route(named.route());
    if (rule.profile() == PageRule.Profile.RFC9111) {
      return (rawQuery == null ? key : key.query(rawQuery)).of(variant.text());
    }
    key.parameters(declared(rawQuery, rule.parameters()));
    for (String name : rule.headers()) {
      key.header(name, request.lines(name));
    }
    return key.of(variant.text());
  }

  /**
   * Drops undeclared parameters and sorts the rest by name; equal names keep their order. Names are
   * in normal form, values as they came.
   */
  private static List<String> declared(@Nullable String rawQuery, Set<String> names) {
    if (rawQuery == null || rawQuery.isEmpty() || names.isEmpty()) {
      return List.of();
    }
    List<String> kept = new ArrayList<>();
    for (String parameter : rawQuery.split("&", -1)) {
      String name = nameOf(parameter);
      String normal = NormalForm.ofName(name);
      if (names.contains(normal)) {
        kept.add(normal.equals(name) ? parameter : normal + parameter.substring(name.length()));
      }
    }
    kept.sort(Comparator.comparing(Keys::nameOf));
    return kept;
  }

  private static String nameOf(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? parameter : parameter.substring(0, equals);
  }

  /**
   * The key for requests with the same values in some fields: the secondary key of RFC 9111 section
   * 4.1. Values are combined and hashed, so that no key holds a cookie or a credential.
   *
   * @param names the fields, in lower case and sorted
   */
  static PageKey selecting(PageKey primary, List<String> names, Fields request) {
    Digests values = new Digests();
    for (String name : names) {
      values.part('F', name);
      if (request.has(name)) {
        values.part('L', String.join(",", request.members(name)));
      }
    }
    return primary.selecting(values.name());
  }
}
