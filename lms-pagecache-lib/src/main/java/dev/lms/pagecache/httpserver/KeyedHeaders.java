package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The request headers a cached page's handler sees. Those the cache answers by itself are hidden,
 * and those it asks by itself are there; reading any other that is not in the key is noticed, by
 * whatever method of a map: also by those that tell what they replace.
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

  /** In the key it is in lower case, so that is how the handler sees it too. */
  private static final String HOST = "host";

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
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.equals(HOST) && keyed.contains(HOST)) {
            super.put(name, new ArrayList<>(lines.stream().map(KeyedHeaders::lowerCase).toList()));
          } else if (!HIDDEN.contains(lower)) {
            super.put(name, new ArrayList<>(lines));
          }
        });
    validators.forEach((name, value) -> super.put(name, new ArrayList<>(List.of(value))));
  }

  private static String lowerCase(String host) {
    return host.toLowerCase(Locale.ROOT);
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
  public List<String> getOrDefault(Object name, List<String> otherwise) {
    note(name);
    return super.getOrDefault(name, otherwise);
  }

  @Override
  public @Nullable List<String> put(String name, List<String> lines) {
    note(name);
    return super.put(name, lines);
  }

  /** Tells nothing of what was there. */
  @Override
  public void set(String name, String line) {
    super.put(name, new ArrayList<>(List.of(line)));
  }

  /** As {@link #set}. */
  @Override
  public void putAll(Map<? extends String, ? extends List<String>> fields) {
    fields.forEach((name, lines) -> super.put(name, lines));
  }

  @Override
  public @Nullable List<String> putIfAbsent(String name, List<String> lines) {
    note(name);
    return super.putIfAbsent(name, lines);
  }

  @Override
  public @Nullable List<String> remove(Object name) {
    note(name);
    return super.remove(name);
  }

  @Override
  public boolean remove(Object name, Object lines) {
    note(name);
    return super.remove(name, lines);
  }

  @Override
  public @Nullable List<String> replace(String name, List<String> lines) {
    note(name);
    return super.replace(name, lines);
  }

  @Override
  public boolean replace(String name, List<String> before, List<String> now) {
    note(name);
    return super.replace(name, before, now);
  }

  @Override
  public @Nullable List<String> computeIfAbsent(
      String name, Function<? super String, ? extends List<String>> lines) {
    note(name);
    return super.computeIfAbsent(name, lines);
  }

  @Override
  public @Nullable List<String> computeIfPresent(
      String name, BiFunction<? super String, ? super List<String>, ? extends List<String>> lines) {
    note(name);
    return super.computeIfPresent(name, lines);
  }

  @Override
  public @Nullable List<String> compute(
      String name, BiFunction<? super String, ? super List<String>, ? extends List<String>> lines) {
    note(name);
    return super.compute(name, lines);
  }

  @Override
  public @Nullable List<String> merge(
      String name,
      List<String> lines,
      BiFunction<? super List<String>, ? super List<String>, ? extends List<String>> both) {
    note(name);
    return super.merge(name, lines, both);
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super List<String>> action) {
    readUnkeyed = true;
    super.forEach(action);
  }

  @Override
  public void replaceAll(
      BiFunction<? super String, ? super List<String>, ? extends List<String>> lines) {
    readUnkeyed = true;
    super.replaceAll(lines);
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
