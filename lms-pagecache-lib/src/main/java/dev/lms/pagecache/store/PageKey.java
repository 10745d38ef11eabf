package dev.lms.pagecache.store;

import dev.lms.pagecache.page.SeededHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a page is stored under: the path, the query parameters and headers its route declares, and
 * the variant, which is whoever may share it. Each part is written with its kind and length, so
 * that two different requests never have the same key. A store needs its {@link #text}. Immutable.
 *
 * <p>Keys come from outside. Their hash is another one in each process, so that nobody can make
 * keys that collide, and they are ordered, so that a table stays fast even if some did.
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
   * Begins a key.
   *
   * @param host the host, or empty where all hosts serve the same site
   * @param path the path in normal form
   * @return a builder
   */
  public static Builder builder(String host, String path) {
    return new Builder(host, path);
  }

  /** Puts the parts of a key together, in order. Not safe for use by several threads. */
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
     * The whole query, where nobody declared what of it counts.
     *
     * @param raw the query as it stood in the request
     * @return this
     */
    public Builder query(String raw) {
      part(text, 'W', raw);
      query = List.of(raw);
      return this;
    }

    /**
     * The parameters that count.
     *
     * @param sorted raw, sorted by name
     * @return this
     */
    public Builder parameters(List<String> sorted) {
      for (String parameter : sorted) {
        part(text, 'Q', parameter);
      }
      query = sorted;
      return this;
    }

    /**
     * A field of the request that counts.
     *
     * @param name its name in lower case
     * @param lines its lines; empty if the request has none
     * @return this
     */
    public Builder header(String name, List<String> lines) {
      part(text, 'H', name);
      for (String line : lines) {
        part(text, 'L', line);
      }
      return this;
    }

    /**
     * The name of the route, which does not tell keys apart.
     *
     * @param name a name out of a bounded set, such as the pattern of the route
     * @return this
     */
    public Builder route(String name) {
      route = name;
      return this;
    }

    /**
     * Ends the key.
     *
     * @param variant who may share the page, from {@link PageKey#variantOf}
     * @return the key
     */
    public PageKey of(String variant) {
      return new PageKey(path, query, route, text.append(variant).toString(), variant);
    }
  }

  /**
   * The text of a variant.
   *
   * @param kind what its people have in common
   * @param names what tells this group from others of its kind
   * @return parts with their kinds and lengths
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
   * The same page for other people.
   *
   * @param other who may share it, from {@link #variantOf}
   * @return the key
   */
  public PageKey withVariant(String other) {
    return new PageKey(path, query, route, withoutVariant().append(other).toString(), other);
  }

  private StringBuilder withoutVariant() {
    return new StringBuilder(text.length() + 32).append(text, 0, text.length() - variant.length());
  }

  /**
   * The same page for requests with the same values in some fields: the secondary key of RFC 9111
   * section 4.1.
   *
   * @param digest names the values, so that no key holds a cookie or a credential
   * @return the key
   */
  public PageKey selecting(String digest) {
    StringBuilder all = withoutVariant();
    part(all, 'S', digest);
    return new PageKey(path, query, route, all.append(variant).toString(), variant);
  }

  /**
   * Who may share the page.
   *
   * @return the text of the variant
   */
  public String variant() {
    return variant;
  }

  /**
   * The name of the route, for statistics.
   *
   * @return empty if it has none
   */
  public String route() {
    return route;
  }

  /**
   * The path.
   *
   * @return the path of the request in normal form, still percent-encoded
   */
  public String path() {
    return path;
  }

  /**
   * The normalised query: all that a handler may see of it.
   *
   * @return the declared parameters, sorted by name, raw; empty if there is none
   */
  public Optional<String> query() {
    String all = String.join("&", query);
    return all.isEmpty() ? Optional.empty() : Optional.of(all);
  }

  /**
   * A part of a key.
   *
   * @param name what kind of part it is: {@code host}, {@code path}, {@code query}, {@code
   *     parameter}, {@code header} (a name), {@code line} (a value of the header before), {@code
   *     selecting} (a digest of the fields the answer varies by), {@code variant} or {@code name}
   *     (what tells a variant from others of its kind)
   * @param value as it stands in the key
   */
  public record Part(String name, String value) {}

  /**
   * What the key consists of: its text, taken apart again.
   *
   * @return the parts, in order
   */
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
   * The key in one string that no other key has.
   *
   * @return the parts, each with kind and length
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
