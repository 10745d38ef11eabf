package dev.lms.pagecache.http;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The directives that mean something here (RFC 9111 section 5.2, RFC 5861, RFC 8246). */
public enum Directive {
  NO_STORE("no-store", false),
  NO_CACHE("no-cache", false),
  PRIVATE("private", false),
  PUBLIC("public", false),
  MUST_REVALIDATE("must-revalidate", false),
  PROXY_REVALIDATE("proxy-revalidate", false),
  MUST_UNDERSTAND("must-understand", false),
  NO_TRANSFORM("no-transform", false),
  ONLY_IF_CACHED("only-if-cached", false),
  MAX_AGE("max-age", true),
  S_MAXAGE("s-maxage", true),
  MAX_STALE("max-stale", true),
  MIN_FRESH("min-fresh", true),
  STALE_WHILE_REVALIDATE("stale-while-revalidate", true),
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
