// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Reads variables one by one and remembers every error and every origin. After an error the default
 * stands in, so that the remaining variables are still checked.
 */
final class Variables {

  /** A value that was given, by whichever name. */
  record Given(String name, String value) {}

  private final Map<String, String> env;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> errors = new LinkedHashSet<>();
  private final List<Setting> settings = new ArrayList<>();

  Variables(Map<String, String> env) {
    this.env = env;
  }

  /** The first of these names that is set; a blank value counts as not set. */
  Optional<Given> find(String... names) {
    known.addAll(Arrays.asList(names));
    for (String name : names) {
      String value = env.get(name);
      if (value != null && !value.isBlank()) {
        return Optional.of(new Given(name, value.strip()));
      }
    }
    return Optional.empty();
  }

  void error(String error) {
    errors.add(error);
  }

  void remember(String name, String shown, Optional<Given> given) {
    settings.add(new Setting(name, shown, given.map(Given::name).orElse("default")));
  }

  /** Parses and remembers; {@code parser} complains by IllegalArgumentException. */
  <T> T read(
      Optional<Given> given,
      String name,
      T fallback,
      Function<String, T> parser,
      Function<T, String> shown) {
    return read(given, name, fallback, parser, shown, Mask::url);
  }

  /** Reads a URL, of which nothing is shown that might be a secret. */
  <T> T url(
      Optional<Given> given,
      String name,
      T fallback,
      Function<String, T> parser,
      Function<T, String> shown) {
    return read(given, name, fallback, parser, shown, Mask::malformed);
  }

  private <T> T read(
      Optional<Given> given,
      String name,
      T fallback,
      Function<String, T> parser,
      Function<T, String> shown,
      UnaryOperator<String> refused) {
    T value = fallback;
    if (given.isPresent()) {
      try {
        value = parser.apply(given.get().value());
      } catch (IllegalArgumentException e) {
        error(
            given.get().name() + "=" + refused.apply(given.get().value()) + ": " + e.getMessage());
      }
    }
    remember(name, shown.apply(value), given);
    return value;
  }

  String text(String name, String fallback, String... aliases) {
    return read(find(with(name, aliases)), name, fallback, v -> v, v -> v);
  }

  int integer(String name, int fallback, int min, int max, String... aliases) {
    return read(find(with(name, aliases)), name, fallback, v -> parse(v, min, max), v -> "" + v);
  }

  private static int parse(String text, int min, int max) {
    try {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The same sentence as for a number out of range.
    }
    throw new IllegalArgumentException("expected a whole number from " + min + " to " + max);
  }

  boolean flag(String name, boolean fallback) {
    return read(
        find(name),
        name,
        fallback,
        v ->
            switch (v.toLowerCase(Locale.ROOT)) {
              case "1", "true", "yes", "on" -> true;
              case "0", "false", "no", "off" -> false;
              default -> throw new IllegalArgumentException("expected true or false");
            },
        v -> "" + v);
  }

  /** One of an enum's constants, written in any case. */
  <E extends Enum<E>> E choice(String name, Class<E> type, E fallback) {
    return read(
        find(name),
        name,
        fallback,
        v -> {
          try {
            return Enum.valueOf(type, v.toUpperCase(Locale.ROOT));
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected " + names(type));
          }
        },
        v -> v.name().toLowerCase(Locale.ROOT));
  }

  private static <E extends Enum<E>> String names(Class<E> type) {
    return String.join(
        " or ",
        Arrays.stream(type.getEnumConstants())
            .map(c -> c.name().toLowerCase(Locale.ROOT))
            .toList());
  }

  private static String[] with(String name, String... aliases) {
    String[] all = new String[aliases.length + 1];
    all[0] = name;
    System.arraycopy(aliases, 0, all, 1, aliases.length);
    return all;
  }

  /**
   * What was read, for people.
   *
   * @throws ConfigException when anything was wrong
   */
  List<Setting> finish() {
    env.keySet().stream()
        .filter(name -> name.startsWith("LMS_") && !known.contains(name))
        .sorted()
        .forEach(name -> errors.add(name + ": there is no such variable" + suggestion(name)));
    if (!errors.isEmpty()) {
      throw new ConfigException(List.copyOf(errors));
    }
    return List.copyOf(settings);
  }

  private String suggestion(String name) {
    return known.stream()
        .filter(k -> k.startsWith("LMS_") && distance(k, name) <= 3)
        .min((a, b) -> Integer.compare(distance(a, name), distance(b, name)))
        .map(k -> "; did you mean " + k + "?")
        .orElse("; remove it");
  }

  /** Levenshtein's: how many letters to add, drop or change. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
