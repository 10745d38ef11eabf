// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.store.PageKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The request a cached page's handler sees: as the key describes it. Fields that the cache answers
 * by itself are hidden, and those it asks by itself are there; that any other was read which is not
 * in the key is remembered.
 */
final class KeyedRequest implements PageRequest {
  /** In the key it is in lower case, so that is how the handler sees it too. */
  static final String HOST = "host";

  /**
   * Conditions and codings: the handler always renders the whole page, plain. And what describes a
   * body: a request with one does not get here.
   */
  private static final Set<String> HIDDEN =
      Set.of(
          "accept-encoding",
          "content-encoding",
          "content-language",
          "content-length",
          "content-type",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "range");

  private final PageRequest request;
  private final URI target;
  private final Set<String> keyed;
  private final Map<String, String> validators;
  private final PageRule.Profile profile;
  private boolean readUnkeyed;

  /**
   * @param keyed lower-case names of the fields in the key
   * @param validators conditions of the cache's own, about a page it has stored
   * @param profile whether the fields that caches go by are the handler's business
   */
  KeyedRequest(
      PageRequest request,
      PageKey key,
      Set<String> keyed,
      Map<String, String> validators,
      PageRule.Profile profile) {
    this.request = request;
    this.target = URI.create(key.path() + key.query().map(query -> '?' + query).orElse(""));
    this.keyed = keyed;
    this.validators = validators;
    this.profile = profile;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public URI target() {
    return target;
  }

  @Override
  public boolean isOver() {
    return request.isOver();
  }

  @Override
  public List<String> lines(String name) {
    return fields().getOrDefault(name, List.of());
  }

  @Override
  public Map<String, List<String>> fields() {
    Map<String, List<String>> seen = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    request
        .fields()
        .forEach(
            (name, lines) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (lower.equals(HOST) && keyed.contains(HOST)) {
                seen.put(name, lines.stream().map(KeyedRequest::lowerCase).toList());
              } else if (!HIDDEN.contains(lower)) {
                seen.put(name, new ArrayList<>(lines));
              }
            });
    validators.forEach((name, value) -> seen.put(name, List.of(value)));
    return seen;
  }

  private static String lowerCase(String host) {
    return host.toLowerCase(Locale.ROOT);
  }

  void reads(String field) {
    String lower = field.toLowerCase(Locale.ROOT);
    if (!keyed.contains(lower) && !HIDDEN.contains(lower)) {
      readUnkeyed = true;
    }
  }

  void readsUnkeyed() {
    readUnkeyed = true;
  }

  boolean readUnkeyed() {
    return readUnkeyed;
  }

  /** Whether the cache asks something that the client did not. */
  boolean asksForTheCache() {
    return !validators.isEmpty();
  }

  /** Whether the fields that caches go by are the handler's business. */
  boolean answerDecides() {
    return profile == PageRule.Profile.RFC9111;
  }

  /** The half of a render that notes what its handler reads. */
  abstract static class Reader implements PageRender {
    /** Present when the answer may be stored: then the handler sees only what is in the key. */
    final @Nullable KeyedRequest keyed;

    private boolean readPeer;

    Reader(@Nullable KeyedRequest keyed) {
      this.keyed = keyed;
    }

    @Override
    public final void reads(String field) {
      if (keyed != null) {
        keyed.reads(field);
      }
    }

    @Override
    public final void readsAll() {
      if (keyed != null) {
        keyed.readsUnkeyed();
      }
    }

    @Override
    public final void readsConnection() {
      readsAll();
    }

    @Override
    public final void readsPeer() {
      readPeer = true;
    }

    final boolean readUnkeyed() {
      return keyed != null && keyed.readUnkeyed();
    }

    /** Whether the handler got to know who is at the other end. */
    final boolean readPeer() {
      return readPeer;
    }
  }
}
