// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The directives that mean something here (RFC 9111 section 5.2, RFC 5861, RFC 8246). */
public enum Directive {
  /** Do not store. */
  NO_STORE("no-store", false),
  /** Validate before each use. */
  NO_CACHE("no-cache", false),
  /** Do not store in a shared cache. */
  PRIVATE("private", false),
  /** A shared cache may store. */
  PUBLIC("public", false),
  /** Validate when stale. */
  MUST_REVALIDATE("must-revalidate", false),
  /** A shared cache validates when stale. */
  PROXY_REVALIDATE("proxy-revalidate", false),
  /** Store only if the status is understood. */
  MUST_UNDERSTAND("must-understand", false),
  /** Do not change the body. */
  NO_TRANSFORM("no-transform", false),
  /** Answer from the cache or not at all. */
  ONLY_IF_CACHED("only-if-cached", false),
  /** How long an answer is fresh, or how old it may be. */
  MAX_AGE("max-age", true),
  /** How long an answer is fresh in a shared cache. */
  S_MAXAGE("s-maxage", true),
  /** How stale an answer may be. */
  MAX_STALE("max-stale", true),
  /** How long an answer must remain fresh. */
  MIN_FRESH("min-fresh", true),
  /** How long a stale answer may be used while it is validated (RFC 5861 section 3). */
  STALE_WHILE_REVALIDATE("stale-while-revalidate", true),
  /** How long a stale answer may be used in place of an error (RFC 5861 section 4). */
  STALE_IF_ERROR("stale-if-error", true);

  /** No name is longer. */
  static final int MOST_CHARACTERS = 22;

  private static final Map<String, Directive> NAMED =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(d -> d.name, d -> d));

  /** What people write who mean one of the directives that forbid. */
  private static final Map<String, Directive> MEANT = meant();

  private final String name;

  /** Whether its argument is a number of seconds. */
  final boolean isTime;

  Directive(String name, boolean isTime) {
    this.name = name;
    this.isTime = isTime;
  }

  private static Map<String, Directive> meant() {
    Map<String, Directive> all = new HashMap<>(NAMED);
    all.put("no_store", NO_STORE);
    all.put("nostore", NO_STORE);
    all.put("no_cache", NO_CACHE);
    all.put("nocache", NO_CACHE);
    return Map.copyOf(all);
  }

  /** The one of this name, in lower case. */
  static @Nullable Directive named(String lowerCaseName) {
    return NAMED.get(lowerCaseName);
  }

  /** The one that a word stands for, in lower case. */
  static @Nullable Directive meantBy(String lowerCaseWord) {
    return MEANT.get(lowerCaseWord);
  }
}
