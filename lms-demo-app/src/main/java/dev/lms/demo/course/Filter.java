// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which courses somebody wants to see, and in which order.
 *
 * @param search words they typed
 * @param tag a topic
 * @param level a level, as they spelled it
 * @param sort an order, if it is not the usual one
 */
record Filter(
    Optional<String> search, Optional<String> tag, Optional<String> level, Optional<Sort> sort) {
  static final Filter ALL =
      new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** An order. */
  enum Sort {
    TITLE("Title", "lower(title), code"),
    NEW("Newest", "published_at DESC, lower(title), code"),
    SHORT("Shortest", "credits, lower(title), code");

    private final String label;
    private final String columns;

    Sort(String label, String columns) {
      this.label = label;
      this.columns = columns;
    }

    String token() {
      return name().toLowerCase(Locale.ROOT);
    }

    String label() {
      return label;
    }
  }

  static Filter tagged(String tag) {
    return ALL.withTag(Optional.of(tag));
  }

  Filter withTag(Optional<String> other) {
    return new Filter(search, other, level, sort);
  }

  Filter withLevel(Optional<String> other) {
    return new Filter(search, tag, other, sort);
  }

  Filter withSort(Optional<Sort> other) {
    return new Filter(search, tag, level, other);
  }

  /** Whether a level or a topic is chosen. */
  boolean hasChoices() {
    return tag.isPresent() || level.isPresent();
  }

  /** The best match first, unless they ask for another order. */
  String order() {
    return sort.map(s -> s.columns).orElse(search.isPresent() ? "rank, code" : Sort.TITLE.columns);
  }

  /** The one address of these courses, as the site's own links spell it. */
  String address(int page) {
    List<String> query = new ArrayList<>();
    search.ifPresent(q -> query.add("q=" + encode(q)));
    level.ifPresent(l -> query.add("level=" + encode(l)));
    tag.ifPresent(t -> query.add("tag=" + encode(t)));
    sort.ifPresent(s -> query.add("sort=" + s.token()));
    if (page > 1) {
      query.add("page=" + page);
    }
    return "/course/explore" + (query.isEmpty() ? "" : "?" + String.join("&", query));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
