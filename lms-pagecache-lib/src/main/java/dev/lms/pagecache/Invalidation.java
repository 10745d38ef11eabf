// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Purges the pages of a URI after an unsafe method on it succeeded (RFC 9111 section 4.4), before
 * the answer leaves: whoever sees it and asks again gets a page rendered after the change. The same
 * goes for what the answer says was created or sent: the path of a new resource may have been asked
 * for before, and its 404 stored.
 */
final class Invalidation {
  private static final System.Logger LOG = System.getLogger(Invalidation.class.getName());

  /** RFC 9110 section 9.2.1. Methods nobody knows count as unsafe. */
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

  private static final int CREATED = 201;
  private static final List<String> DEFAULT_PORTS = List.of(":443", ":80");

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
   * @param ofGet what a GET of the same URI would declare; without it there are no pages of it
   */
  void after(PageRequest request, int status, Fields answer, Optional<PageRule> ofGet) {
    if (isSafe(request.method()) || status < 200 || status >= 400) {
      return;
    }
    Set<String> paths = new HashSet<>();
    if (ofGet.isPresent()) {
      paths.add(request.target().getRawPath());
    }
    // Of a redirect, Location says where to go next; of a 201, what there is now.
    if (status == CREATED || ofGet.filter(Invalidation::answerDecides).isPresent()) {
      sameOrigin(request, answer.first("Location")).ifPresent(paths::add);
    }
    sameOrigin(request, answer.first("Content-Location")).ifPresent(paths::add);
    // No page is stored under anything else.
    paths.removeIf(path -> path == null || !path.startsWith("/") || path.startsWith("//"));
    if (!paths.isEmpty()) {
      purge(paths, request.method());
    }
  }

  private static boolean answerDecides(PageRule rule) {
    return rule.profile() == PageRule.Profile.RFC9111;
  }

  private void purge(Set<String> paths, String method) {
    try {
      cache.purgePaths(paths);
    } catch (RuntimeException e) { // Whatever a store throws: the change has happened.
      LOG.log(
          System.Logger.Level.ERROR,
          "The pages of "
              + paths
              + " could not be purged after a "
              + method
              + "; they may be served as they were until they expire",
          e);
    }
  }

  /** The path of a reference, if it leads to the same host. */
  private static Optional<String> sameOrigin(PageRequest request, Optional<String> reference) {
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI target = request.target().resolve(URI.create(reference.get()));
      String authority = target.getRawAuthority();
      String path = target.getRawPath();
      return path != null
              && path.startsWith("/")
              && (authority == null
                  || request.lines("Host").stream()
                      .limit(1)
                      .anyMatch(host -> isSameHost(authority, host)))
          ? Optional.of(path)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // No URI, so no page of it is stored.
    }
  }

  /** Whether two name the same host, where the scheme is not known: a proxy may have changed it. */
  static boolean isSameHost(String one, String other) {
    return withoutDefaultPort(one).equalsIgnoreCase(withoutDefaultPort(other));
  }

  private static String withoutDefaultPort(String host) {
    for (String port : DEFAULT_PORTS) {
      if (host.endsWith(port)) {
        return host.substring(0, host.length() - port.length());
      }
    }
    return host;
  }
}
