package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request headers a cached page's handler sees. Those the cache answers by itself are hidden,
 * and those it asks by itself are there; reading any other that is not in the key is noticed.
 */
final class KeyedHeaders extends Headers {
  /** Conditions and codings: the handler always renders the whole page, plain. */
  private static final Set<String> HIDDEN =
      Set.of(
          "accept-encoding",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "range");

  private final Set<String> keyed;
  private boolean readUnkeyed;

  /**
   * @param keyed lower-case names of the headers in the key
   * @param validators conditions of the cache's own, about a page it has stored
   */
  KeyedHeaders(Headers all, Set<String> keyed, Map<String, String> validators) {
    this.keyed = keyed;
    all.forEach(
        (name, lines) -> {
          if (!HIDDEN.contains(name.toLowerCase(Locale.ROOT))) {
            super.put(name, new ArrayList<>(lines));
          }
        });
    validators.forEach((name, value) -> super.put(name, new ArrayList<>(List.of(value))));
  }

  boolean readUnkeyed() {
    return readUnkeyed;
  }

  private void note(@Nullable Object name) {
    String lower = String.valueOf(name).toLowerCase(Locale.ROOT);
    if (!keyed.contains(lower) && !HIDDEN.contains(lower)) {
      readUnkeyed = true;
    }
  }

  @Override
  public @Nullable List<String> get(Object name) {
    note(name);
    return super.get(name);
  }

  @Override
  public @Nullable String getFirst(String name) {
    note(name);
    return super.getFirst(name);
  }

  @Override
  public boolean containsKey(Object name) {
    note(name);
    return super.containsKey(name);
  }

  @Override
  public boolean containsValue(Object value) {
    readUnkeyed = true;
    return super.containsValue(value);
  }

  @Override
  public int size() {
    readUnkeyed = true;
    return super.size();
  }

  @Override
  public boolean isEmpty() {
    readUnkeyed = true;
    return super.isEmpty();
  }

  @Override
  public Set<String> keySet() {
    readUnkeyed = true;
    return super.keySet();
  }

  @Override
  public Collection<List<String>> values() {
    readUnkeyed = true;
    return super.values();
  }

  @Override
  public Set<Map.Entry<String, List<String>>> entrySet() {
    readUnkeyed = true;
    return super.entrySet();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    readUnkeyed = true;
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    readUnkeyed = true;
    return super.hashCode();
  }

  @Override
  public String toString() {
    readUnkeyed = true;
    return super.toString();
  }
}
