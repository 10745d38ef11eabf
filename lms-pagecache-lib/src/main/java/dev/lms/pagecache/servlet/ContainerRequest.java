// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.servlet;

import dev.lms.pagecache.PageRequest;
import dev.lms.pagecache.page.NormalForm;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request of a servlet container. */
final class ContainerRequest implements PageRequest {
  private final HttpServletRequest request;
  private @Nullable URI target;
  private @Nullable Map<String, List<String>> fields;

  ContainerRequest(HttpServletRequest request) {
    this.request = request;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public URI target() {
    URI known = target;
    if (known == null) {
      known = targetOf(request);
      target = known;
    }
    return known;
  }

  /**
   * Path and query, where the container takes the path for what it says. Otherwise the path that
   * the container goes by, with a fragment, so that it is the target of no stored page.
   */
  private static URI targetOf(HttpServletRequest request) {
    String path = request.getRequestURI();
    String query = request.getQueryString();
    try {
      String seen = seenPath(request);
      URI sent = isPath(path, seen) ? parsed(query == null ? path : path + '?' + query) : null;
      return sent == null ? URI.create(new URI(null, null, seen, "").toASCIIString()) : sent;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return URI.create("unknown:target");
    }
  }

  private static @Nullable URI parsed(String target) {
    try {
      return new URI(target);
    } catch (URISyntaxException e) {
      return null; // Browsers send queries that no URI may have.
    }
  }

  /** By what servlets are found: decoded, without parameters, and whatever else is tidied up. */
  private static String seenPath(HttpServletRequest request) {
    String more = request.getPathInfo();
    return decoded(request.getContextPath())
        + request.getServletPath()
        + (more == null ? "" : more);
  }

  private static boolean isPath(String raw, String seen) {
    String normal = NormalForm.ofPath(raw);
    return !normal.contains("%2F") && decoded(normal).equals(seen);
  }

  private static String decoded(String path) {
    return path.indexOf('%') < 0
        ? path
        : URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public List<String> lines(String name) {
    Enumeration<String> lines = request.getHeaders(name);
    if (lines != null && lines.hasMoreElements()) {
      return Collections.list(lines);
    }
    return name.equalsIgnoreCase("Host") ? List.of(server()) : List.of();
  }

  /** What stands in for a missing {@code Host} where servlets ask which server this is. */
  private String server() {
    return request.getServerName() + ':' + request.getServerPort();
  }

  @Override
  public Map<String, List<String>> fields() {
    Map<String, List<String>> known = fields;
    if (known == null) {
      known = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      Enumeration<String> names = request.getHeaderNames();
      while (names != null && names.hasMoreElements()) {
        String name = names.nextElement();
        known.put(name, lines(name));
      }
      known.computeIfAbsent("Host", this::lines);
      fields = known;
    }
    return known;
  }
}
