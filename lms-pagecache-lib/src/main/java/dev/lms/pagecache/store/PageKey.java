// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

import dev.lms.pagecache.page.SeededHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a page is stored under: the path, the query parameters and headers that its route declares,
 * and the variant, which says who may share it. Each part is written with its kind and length, so
 * two different requests never have the same key. A store needs only its {@link #text}. Immutable.
 *
 * <p>Keys come from outside. Their hash differs in each process, so that nobody can make keys that
 * collide, and they are ordered, so that a table stays fast even if some did.
 */
public final class PageKey implements Comparable<PageKey> {
  private final String path;
  private final List<String> query;
  private final String route;
  private final String text;
  private final String variant;

  /** Of the text, once it was asked for; zero before. A race only computes it twice. */
  private int hash;

  /**
   * @param text all parts, the variant's at the end
   */
  private PageKey(String path, List<String> query, String route, String text, String variant) {
    this.path = path;
    this.query = query;
    this.route = route;
    this.text = text;
    this.variant = variant;
  }

  /**
   * {@return a builder of a key}
   *
   * @param host the host, or empty if all hosts serve the same site
   * @param path the path in normal form
   */
  public static Builder builder(String host, String path) {
    return new Builder(host, path);
  }

  /** Puts the parts of a key together, in order. Not thread-safe. */
  public static final class Builder {
    private final String path;
    private final StringBuilder text = new StringBuilder(64);
    private List<String> query = List.of();
    private String route = "";

    private Builder(String host, String path) {
      this.path = path;
      if (!host.isEmpty()) {
        part(text, 'O', host);
      }
      part(text, 'P', path);
    }

    /**
     * Adds the whole query, for a route that declares no parameters.
     *
     * @param raw the query as the client sent it
     * @return this builder
     */
    public Builder query(String raw) {
      part(text, 'W', raw);
      query = List.of(raw);
      return this;
    }

    /**
     * Adds the declared parameters.
     *
     * @param sorted raw parameters, sorted by name
     * @return this builder
     */
    public Builder parameters(List<String> sorted) {
      for (String parameter : sorted) {
        part(text, 'Q', parameter);
      }
      query = sorted;
      return this;
    }

    /**
     * Adds a declared request header.
     *
     * @param name its name in lower case
     * @param lines its lines; empty if the request has none
     * @return this builder
     */
    public Builder header(String name, List<String> lines) {
      part(text, 'H', name);
      for (String line : lines) {
        part(text, 'L', line);
      }
      return this;
    }

    /**
     * Sets the name of the route, which does not distinguish keys.
     *
     * @param name a name from a bounded set, such as the route's pattern
     * @return this builder
     */
    public Builder route(String name) {
      route = name;
      return this;
    }

    /**
     * {@return the key for a variant}
     *
     * @param variant who may share the page, from {@link PageKey#variantOf}
     */
    public PageKey of(String variant) {
      return new PageKey(path, query, route, text.append(variant).toString(), variant);
    }
  }

  /**
   * {@return the text of a variant, as parts with their kinds and lengths}
   *
   * @param kind what the people of the variant have in common
   * @param names what distinguishes this group from others of its kind
   */
  public static String variantOf(String kind, List<String> names) {
    StringBuilder text = new StringBuilder(32);
    part(text, 'V', kind);
    for (String name : names) {
      part(text, 'N', name);
    }
    return text.toString();
  }

  private static void part(StringBuilder to, char kind, String value) {
    to.append(kind).append(value.length()).append(':').append(value);
  }

  /**
   * {@return the key of the same page for another variant}
   *
   * @param other who may share the page, from {@link #variantOf}
   */
  public PageKey withVariant(String other) {
    return new PageKey(path, query, route, withoutVariant().append(other).toString(), other);
  }

  private StringBuilder withoutVariant() {
    return new StringBuilder(text.length() + 32).append(text, 0, text.length() - variant.length());
  }

  /**
   * {@return the key of the same page for requests with certain values of the fields that the
   * answer varies by: the secondary key of RFC 9111 section 4.1}
   *
   * @param digest a digest of the values, so that no key holds a cookie or a credential
   */
  public PageKey selecting(String digest) {
    StringBuilder all = withoutVariant();
    part(all, 'S', digest);
    return new PageKey(path, query, route, all.append(variant).toString(), variant);
  }

  /** {@return the text of the variant, which says who may share the page} */
  public String variant() {
    return variant;
  }

  /** {@return the name of the route, for statistics; empty if it has none} */
  public String route() {
    return route;
  }

  /** {@return the path of the request in normal form, percent-encoded} */
  public String path() {
    return path;
  }

  /**
   * {@return the normalised query, which is all of it that a handler may see: the declared
   * parameters, raw, sorted by name; empty if there is none}
   */
  public Optional<String> query() {
    String all = String.join("&", query);
    return all.isEmpty() ? Optional.empty() : Optional.of(all);
  }

  /**
   * A part of a key.
   *
   * @param name its kind: {@code host}, {@code path}, {@code query}, {@code parameter}, {@code
   *     header} (a name), {@code line} (a value of the preceding header), {@code selecting} (a
   *     digest of the fields that the answer varies by), {@code variant} or {@code name} (what
   *     distinguishes a variant from others of its kind)
   * @param value its text in the key
   */
  public record Part(String name, String value) {}

  /** {@return the parts of the key, in order} */
  public List<Part> parts() {
    List<Part> found = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int colon = text.indexOf(':', at);
      int end = colon + 1 + Integer.parseInt(text.substring(at + 1, colon));
      found.add(new Part(nameOf(text.charAt(at)), text.substring(colon + 1, end)));
      at = end;
    }
    return found;
  }

  private static String nameOf(char kind) {
    return switch (kind) {
      case 'O' -> "host";
      case 'P' -> "path";
      case 'W' -> "query";
      case 'Q' -> "parameter";
      case 'H' -> "header";
      case 'L' -> "line";
      case 'S' -> "selecting";
      case 'V' -> "variant";
      case 'N' -> "name";
      default -> throw new IllegalStateException("No part of a key begins with " + kind);
    };
  }

  /**
   * {@return the key as one string that no other key has: its parts with their kinds and lengths}
   */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof PageKey key && text.equals(key.text));
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = SeededHash.of(text);
      hash = known;
    }
    return known;
  }

  /** Orders keys by their text; consistent with equals. */
  @Override
  public int compareTo(PageKey other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
