package dev.lms.pagecache;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The header fields of a message: immutable, names compared without regard to case (RFC 9110
 * section 5).
 */
public final class Fields {
  /** No fields at all. */
  public static final Fields NONE = new Fields(Map.of());

  private final TreeMap<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

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
   * inside quoted strings separate too: a policy that reads a quoted word as a directive errs
   * towards not storing.
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

  /**
   * Whether a list field has a directive, with or without argument (RFC 9111 section 5.2).
   *
   * @param name its name, as {@code Cache-Control}
   * @param directive the directive, in lower case
   * @return true if it is there
   */
  public boolean hasDirective(String name, String directive) {
    return members(name).stream()
        .map(member -> member.toLowerCase(Locale.ROOT))
        .anyMatch(member -> member.equals(directive) || member.startsWith(directive + "="));
  }

  /**
   * The argument of a directive, as {@code 60} in {@code max-age=60}.
   *
   * @param name its name, as {@code Cache-Control}
   * @param directive the directive, in lower case
   * @return the argument, without quotes
   */
  public Optional<String> directive(String name, String directive) {
    return members(name).stream()
        .filter(member -> member.toLowerCase(Locale.ROOT).startsWith(directive + "="))
        .map(member -> member.substring(directive.length() + 1).replace("\"", "").strip())
        .findFirst();
  }

  /**
   * The same fields without some.
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

  /** These fields with others in place of those of the same name, apart from some. */
  Fields replacedBy(Fields others, Set<String> kept) {
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

  /** Each line as {@code name: value}, in the order of the names. */
  List<String> flattened() {
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
