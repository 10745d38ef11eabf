package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a page is stored under: the path, the query parameters and headers its route declares, and
 * the variant. Each part is written with its kind and length, so that two different requests never
 * have the same key. Immutable.
 *
 * <p>Keys come from outside. Their hash is another one in each process, so that nobody can make
 * keys that collide, and they are ordered, so that a table stays fast even if some did.
 */
public final class PageKey implements Comparable<PageKey> {
  private final String path;
  private final List<String> parameters;
  private final Variant variant;
  private final String route;
  private final String text;

  /** Of the text, once it was asked for; zero before. A race only computes it twice. */
  private int hash;

  /** Where the variant begins in the text. */
  private final int variantAt;

  /**
   * @param text all parts but those of the variant, which are added
   */
  private PageKey(
      String path, List<String> parameters, StringBuilder text, Variant variant, String route) {
    this.path = path;
    this.parameters = parameters;
    this.variant = variant;
    this.route = route;
    this.variantAt = text.length();
    part(text, 'V', variant.kind().token());
    for (String name : variant.names()) {
      part(text, 'N', name);
    }
    this.text = text.toString();
  }

  private PageKey(PageKey key, String route) {
    this.path = key.path;
    this.parameters = key.parameters;
    this.variant = key.variant;
    this.route = route;
    this.variantAt = key.variantAt;
    this.text = key.text;
  }

  /**
   * Builds a key.
   *
   * @param host the host, or empty where all hosts serve the same site
   * @param rawPath the path as it stood in the request; the key has its normal form (RFC 3986
   *     section 6.2.2)
   * @param rawQuery the query as it stood in the request, or null
   * @param rule says which parameters and headers count
   * @param requestHeaders the request's header fields
   * @param variant who may share the page
   * @return the key
   */
  public static PageKey of(
      String host,
      String rawPath,
      @Nullable String rawQuery,
      PageRule rule,
      Fields requestHeaders,
      Variant variant) {
    String path = NormalForm.ofPath(rawPath);
    StringBuilder text = new StringBuilder(64);
    if (!host.isEmpty()) {
      part(text, 'O', host);
    }
    part(text, 'P', path);
    if (rule.profile() == PageRule.Profile.RFC9111) {
      if (rawQuery != null) {
        part(text, 'W', rawQuery);
      }
      List<String> whole = rawQuery == null ? List.of() : List.of(rawQuery);
      return new PageKey(path, whole, text, variant, "");
    }
    List<String> parameters = declared(rawQuery, rule.parameters());
    for (String parameter : parameters) {
      part(text, 'Q', parameter);
    }
    for (String name : rule.headers()) {
      part(text, 'H', name);
      for (String line : requestHeaders.lines(name)) {
        part(text, 'L', line);
      }
    }
    return new PageKey(path, parameters, text, variant, "");
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
    kept.sort(Comparator.comparing(PageKey::nameOf));
    return kept;
  }

  private static String nameOf(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? parameter : parameter.substring(0, equals);
  }

  private static void part(StringBuilder to, char kind, String value) {
    to.append(kind).append(value.length()).append(':').append(value);
  }

  /**
   * The same page for other people.
   *
   * @param other who may share it
   * @return the key
   */
  public PageKey withVariant(Variant other) {
    return new PageKey(path, parameters, withoutVariant(), other, route);
  }

  private StringBuilder withoutVariant() {
    return new StringBuilder(text.length()).append(text, 0, variantAt);
  }

  /**
   * The same key with the name of its route, which is for statistics only: it does not tell keys
   * apart.
   *
   * @param name a name out of a bounded set, such as the pattern of the route
   * @return the key
   */
  public PageKey ofRoute(String name) {
    return new PageKey(this, name);
  }

  /**
   * The name of the route.
   *
   * @return as given to {@link #ofRoute}; empty if it never was
   */
  public String route() {
    return route;
  }

  /**
   * The same page for requests with the same values in some fields: the secondary key of RFC 9111
   * section 4.1. Values are combined and hashed, so that no key holds a cookie or a credential.
   *
   * @param names the fields, in lower case and sorted
   * @param request the fields of the request
   * @return the key
   */
  PageKey selecting(List<String> names, Fields request) {
    StringBuilder values = new StringBuilder();
    for (String name : names) {
      part(values, 'F', name);
      if (request.has(name)) {
        part(values, 'L', String.join(",", request.members(name)));
      }
    }
    StringBuilder all = withoutVariant();
    part(all, 'S', Page.digestOf(values.toString()));
    return new PageKey(path, parameters, all, variant, route);
  }

  /**
   * Who may share the page.
   *
   * @return the variant
   */
  public Variant variant() {
    return variant;
  }

  /**
   * A path as keys have it, for whoever wants to purge or to look for it.
   *
   * @param path a path alone, raw or with characters that a URI spells otherwise: {@code /café} is
   *     {@code /caf%C3%A9}
   * @return its normal form
   * @throws IllegalArgumentException if no page has such a path, saying why
   */
  public static String normalPath(String path) {
    return Tags.normalPath(path);
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
    String query = String.join("&", parameters);
    return query.isEmpty() ? Optional.empty() : Optional.of(query);
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
