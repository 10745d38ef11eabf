// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a message: immutable, names compared without regard to case (RFC 9110
 * section 5).
 */
public final class Fields {
  /** No fields at all. */
  public static final Fields NONE = new Fields(Map.of());

  private final TreeMap<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  // Immutable and always the same, so that it does not matter which thread finds it out.
  private @Nullable CacheControl cacheControl;
  private @Nullable CacheControl targeted;
  private @Nullable CacheControl strictest;

  /**
   * Copies fields.
   *
   * @param fields the lines of each name
   */
  public Fields(Map<String, List<String>> fields) {
    fields.forEach(
        (name, values) ->
            lines.merge(
                name,
                List.copyOf(values),
                (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
  }

  /**
   * All lines of a field.
   *
   * @param name its name
   * @return the lines, in order; empty if there is none
   */
  public List<String> lines(String name) {
    return lines.getOrDefault(name, List.of());
  }

  /**
   * The first line of a field.
   *
   * @param name its name
   * @return the line
   */
  public Optional<String> first(String name) {
    List<String> all = lines(name);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
  }

  /**
   * Whether there is such a field.
   *
   * @param name its name
   * @return true if at least one line has it
   */
  public boolean has(String name) {
    return !lines(name).isEmpty();
  }

  /**
   * The members of a field that is a comma-separated list (RFC 9110 section 5.6.1), trimmed. Commas
   * inside quoted strings separate too.
   *
   * @param name its name
   * @return the members that are not empty
   */
  public List<String> members(String name) {
    List<String> all = lines(name);
    if (all.isEmpty()) {
      return List.of();
    }
    List<String> members = new ArrayList<>();
    for (String line : all) {
      for (String member : line.split(",", -1)) {
        if (!member.isBlank()) {
          members.add(member.strip());
        }
      }
    }
    return members;
  }

  /** The names of all fields, each once. */
  Set<String> names() {
    return lines.keySet();
  }

  /** {@return what {@code Cache-Control} says} It is parsed once. */
  public CacheControl cacheControl() {
    CacheControl known = cacheControl;
    if (known == null) {
      known = CacheControl.of(this);
      cacheControl = known;
    }
    return known;
  }

  /** {@return what the field says that addresses caches like this one} It is parsed once. */
  public CacheControl targeted() {
    CacheControl known = targeted;
    if (known == null) {
      known = has("CDN-Cache-Control") ? CacheControl.targeted(this) : cacheControl();
      targeted = known;
    }
    return known;
  }

  /** {@return all that any of the fields forbids or shortens} They are parsed once. */
  public CacheControl strictest() {
    CacheControl known = strictest;
    if (known == null) {
      known = CacheControl.strictest(this);
      strictest = known;
    }
    return known;
  }

  /**
   * These fields without some.
   *
   * @param names the names to leave out, in lower case
   * @return the others
   */
  public Fields without(Set<String> names) {
    TreeMap<String, List<String>> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    lines.forEach(
        (name, values) -> {
          if (!names.contains(name.toLowerCase(Locale.ROOT))) {
            kept.put(name, values);
          }
        });
    return new Fields(kept);
  }

  /**
   * {@return these fields with others in place of those of the same name}
   *
   * @param others the other fields
   * @param kept lower-case names of fields that are not replaced
   */
  public Fields replacedBy(Fields others, Set<String> kept) {
    TreeMap<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(lines);
    all.putAll(others.without(kept).lines);
    return new Fields(all);
  }

  /**
   * Calls back for each field.
   *
   * @param action gets the name and its lines
   */
  public void forEach(BiConsumer<String, List<String>> action) {
    lines.forEach(action);
  }

  /** {@return each line as {@code name: value}, in the order of the names} */
  public List<String> flattened() {
    List<String> all = new ArrayList<>();
    lines.forEach((name, values) -> values.forEach(value -> all.add(name + ": " + value)));
    return all;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fields fields && lines.equals(fields.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  @Override
  public String toString() {
    return flattened().toString();
  }
}
