package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.PageStoreException;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Purges the pages of a URI after an unsafe method on it succeeded (RFC 9111 section 4.4), before
 * the answer leaves: whoever sees it and asks again gets a page rendered after the change.
 */
final class Invalidation {
  private static final System.Logger LOG = System.getLogger(PageCacheFilter.class.getName());

  /** RFC 9110 section 9.2.1. Methods nobody knows count as unsafe. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private final PageCache cache;

  Invalidation(PageCache cache) {
    this.cache = cache;
  }

  static boolean isSafe(String method) {
    return SAFE.contains(method);
  }

  /**
   * To be called when status and fields of the answer are known.
   *
   * @param ofGet what a GET of the same URI would declare; without it there is nothing to purge
   */
  void after(HttpExchange exchange, int status, Headers answer, Optional<PageRule> ofGet) {
    if (isSafe(exchange.getRequestMethod()) || status < 200 || status >= 400 || ofGet.isEmpty()) {
      return;
    }
    Set<String> paths = new HashSet<>();
    paths.add(exchange.getRequestURI().getRawPath());
    if (ofGet.get().profile() == PageRule.Profile.RFC9111) {
      for (String name : List.of("Location", "Content-Location")) {
        sameOrigin(exchange, answer.getFirst(name)).ifPresent(paths::add);
      }
    }
    paths.removeIf(path -> path == null || !path.startsWith("/") || path.startsWith("//"));
    if (paths.isEmpty()) {
      return; // No page is stored under anything else.
    }
    try {
      cache.purgePaths(paths);
    } catch (PageStoreException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The pages of "
              + paths
              + " could not be purged after a "
              + exchange.getRequestMethod()
              + "; they may be served as they were until they expire",
          e);
    }
  }

  /** The path of a reference, if it leads to the same host. */
  private static Optional<String> sameOrigin(HttpExchange exchange, @Nullable String reference) {
    if (reference == null) {
      return Optional.empty();
    }
    try {
      URI target = exchange.getRequestURI().resolve(URI.create(reference));
      String host = exchange.getRequestHeaders().getFirst("Host");
      return target.getRawAuthority() == null || target.getRawAuthority().equalsIgnoreCase(host)
          ? Optional.ofNullable(target.getRawPath())
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // No URI, so no page of it is stored.
    }
  }
}
