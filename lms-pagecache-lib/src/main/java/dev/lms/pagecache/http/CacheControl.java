// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.http;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directives of a {@code Cache-Control} field (RFC 9111 section 5.2), or of the field aimed at
 * caches like this one, {@code CDN-Cache-Control} (RFC 9213), which then stands in for it.
 *
 * <p>When in doubt, pass: a member that is malformed forbids whatever a word in it forbids, and
 * permits nothing; a field that is too long to be read forbids everything.
 */
public final class CacheControl {
  /** What no lifetime exceeds (RFC 9111 section 1.2.2). */
  public static final long MOST_SECONDS = 1L << 31;

  private static final long BARE = -2;

  /** There, but malformed, said twice differently, or with an argument that is no time. */
  private static final long DOUBTFUL = -1;

  private static final CacheControl UNREADABLE = new CacheControl(allInDoubt(), false);

  /** What forbids, whoever it was said to. */
  private static final List<Directive> FORBIDDING =
      List.of(Directive.NO_STORE, Directive.NO_CACHE, Directive.PRIVATE);

  /** Its seconds, or one of the two above, for each directive that is there. */
  private final Map<Directive, Long> said;

  private final boolean targeted;

  private CacheControl(Map<Directive, Long> said, boolean targeted) {
    this.said = said;
    this.targeted = targeted;
  }

  private static Map<Directive, Long> allInDoubt() {
    Map<Directive, Long> all = new EnumMap<>(Directive.class);
    for (Directive directive : Directive.values()) {
      all.put(directive, DOUBTFUL);
    }
    return all;
  }

  /** The directives of a request, or those of an answer that all caches see. */
  static CacheControl of(Fields fields) {
    return parse(fields.lines("Cache-Control"));
  }

  /**
   * Parses the lines of a {@code Cache-Control} field.
   *
   * @param lines the lines, in order
   * @return the directives; all of them, in doubt, if the lines are excessive
   */
  public static CacheControl parse(List<? extends CharSequence> lines) {
    if (ListScanner.isExcessive(lines)) {
      return UNREADABLE;
    }
    Map<Directive, Long> said = new EnumMap<>(Directive.class);
    for (CharSequence line : lines) {
      ListScanner members = new ListScanner(line);
      while (members.next()) {
        member(line, members.from(), members.to(), said);
      }
    }
    return new CacheControl(said, false);
  }

  private static void member(CharSequence text, int from, int to, Map<Directive, Long> said) {
    int nameEnd = ListScanner.endOfToken(text, from, to);
    long argument = BARE;
    boolean wellFormed = nameEnd > from;
    if (wellFormed && nameEnd < to) {
      int value = nameEnd + 1;
      if (text.charAt(nameEnd) != '=' || value == to) {
        wellFormed = false;
      } else if (text.charAt(value) == '"') {
        wellFormed = ListScanner.endOfString(text, value, to) == to;
        argument = secondsIn(text, value + 1, to - 1);
      } else {
        wellFormed = ListScanner.endOfToken(text, value, to) == to;
        argument = secondsIn(text, value, to);
        if (!isWord(text, value, to)) {
          doubtWords(text, value, to, said); // As in max-age=60|private.
        }
      }
    }
    Directive directive = wellFormed ? Directive.named(word(text, from, nameEnd)) : null;
    if (directive != null) {
      add(said, directive, argument);
    } else {
      doubtWords(text, from, wellFormed ? nameEnd : to, said);
    }
  }

  private static void add(Map<Directive, Long> said, Directive directive, long argument) {
    said.merge(directive, argument, (before, now) -> before.equals(now) ? now : DOUBTFUL);
  }

  /** Each word that is a directive counts as said, and none as said well. */
  private static void doubtWords(CharSequence text, int from, int to, Map<Directive, Long> said) {
    int begin = from;
    for (int at = from; at <= to; at++) {
      if (at == to || !isWordCharacter(text.charAt(at))) {
        Directive meant = Directive.meantBy(word(text, begin, at));
        if (meant != null) {
          said.put(meant, DOUBTFUL);
        }
        begin = at + 1;
      }
    }
  }

  private static boolean isWord(CharSequence text, int from, int to) {
    for (int at = from; at < to; at++) {
      if (!isWordCharacter(text.charAt(at))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWordCharacter(char c) {
    return ListScanner.isLetterOrDigit(c) || c == '-' || c == '_';
  }

  /** In lower case; empty if it is longer than any directive. */
  private static String word(CharSequence text, int from, int to) {
    return to - from > Directive.MOST_CHARACTERS
        ? ""
        : text.subSequence(from, to).toString().toLowerCase(Locale.ROOT);
  }

  /** The directives of an answer that a cache in front of the program goes by. */
  static CacheControl targeted(Fields fields) {
    List<String> lines = fields.lines("CDN-Cache-Control");
    if (lines.isEmpty()) {
      return of(fields);
    }
    Map<Directive, Long> dictionary = ListScanner.isExcessive(lines) ? null : dictionary(lines);
    return dictionary == null
        ? of(fields).forbiddenBy(parse(lines)) // Malformed, so it counts as absent.
        : new CacheControl(dictionary, true);
  }

  /**
   * All that any field of an answer forbids or shortens, whoever it is aimed at: for routes that
   * declare themselves what may be stored, and whose answers can only object.
   */
  static CacheControl strictest(Fields fields) {
    CacheControl all = of(fields);
    for (String name : fields.names()) {
      if (CacheAdvice.isCacheControl(name)) {
        all = all.boundBy(parse(fields.lines(name)));
      } else if (CacheAdvice.isOlder(name)) {
        all = all.forbiddenBy(parse(fields.lines(name)));
      }
    }
    return all;
  }

  private CacheControl forbiddenBy(CacheControl other) {
    Map<Directive, Long> both = new EnumMap<>(Directive.class);
    both.putAll(said);
    for (Directive directive : FORBIDDING) {
      if (other.says(directive)) {
        both.put(directive, DOUBTFUL);
      }
    }
    return new CacheControl(both, targeted);
  }

  private CacheControl boundBy(CacheControl other) {
    CacheControl bound = forbiddenBy(other);
    other
        .lifetime()
        .map(theirs -> lifetime().filter(ours -> ours.compareTo(theirs) < 0).orElse(theirs))
        .ifPresent(least -> bound.said.put(Directive.S_MAXAGE, least.toSeconds()));
    return bound;
  }

  /**
   * A dictionary (RFC 9651 section 3.2) whose values are integers, strings, tokens or true; null if
   * it is malformed.
   */
  private static @Nullable Map<Directive, Long> dictionary(List<String> lines) {
    String text = String.join(",", lines).strip();
    Map<Directive, Long> said = new EnumMap<>(Directive.class);
    int length = text.length();
    int at = 0;
    while (true) {
      int nameEnd = endOfKey(text, at);
      int end = nameEnd;
      boolean isInteger = false;
      if (nameEnd > at && nameEnd < length && text.charAt(nameEnd) == '=') {
        isInteger = endOfInteger(text, nameEnd + 1) > 0;
        end = endOfItem(text, nameEnd + 1);
      }
      if (nameEnd == at || end < 0) {
        return null;
      }
      Directive directive = Directive.named(text.substring(at, nameEnd));
      if (directive != null) {
        if (directive.isTime != isInteger) {
          return null;
        }
        said.put(directive, isInteger ? secondsIn(text, nameEnd + 1, end) : BARE);
      }
      at = afterSpace(text, end);
      if (at == length) {
        return said;
      }
      if (text.charAt(at) != ',') {
        return null;
      }
      at = afterSpace(text, at + 1);
    }
  }

  private static int afterSpace(String text, int from) {
    int at = from;
    while (at < text.length() && ListScanner.isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int endOfKey(String text, int from) {
    int at = from;
    while (at < text.length() && isKeyCharacter(text.charAt(at), at == from)) {
      at++;
    }
    return at;
  }

  private static boolean isKeyCharacter(char c, boolean first) {
    return (c >= 'a' && c <= 'z')
        || c == '*'
        || (!first && (ListScanner.isDigit(c) || c == '_' || c == '.' || c == '-'));
  }

  /** Negative if there is none, or too long a one. */
  private static int endOfInteger(String text, int from) {
    int digits = from < text.length() && text.charAt(from) == '-' ? from + 1 : from;
    int at = digits;
    while (at < text.length() && ListScanner.isDigit(text.charAt(at))) {
      at++;
    }
    return at == digits || at - digits > 15 ? -1 : at;
  }

  /** Negative if there is none. */
  private static int endOfItem(String text, int from) {
    if (from == text.length()) {
      return -1;
    }
    char first = text.charAt(from);
    if (first == '"') {
      return endOfPlainString(text, from);
    }
    if (first == '?') {
      return text.startsWith("?1", from) ? from + 2 : -1;
    }
    if (first == '*' || (ListScanner.isLetterOrDigit(first) && !ListScanner.isDigit(first))) {
      int at = from;
      do {
        at = ListScanner.endOfToken(text, at + 1, text.length());
      } while (at < text.length() && (text.charAt(at) == ':' || text.charAt(at) == '/'));
      return at;
    }
    return endOfInteger(text, from);
  }

  private static int endOfPlainString(String text, int from) {
    for (int at = from + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\') {
        at++;
        if (at == text.length() || (text.charAt(at) != '"' && text.charAt(at) != '\\')) {
          return -1;
        }
      } else if (c < ' ' || c > '~') {
        return -1;
      }
    }
    return -1;
  }

  /**
   * {@return whether an answer addresses such caches in particular, which makes its {@code Expires}
   * void}
   */
  public boolean isTargeted() {
    return targeted;
  }

  /**
   * {@return whether a directive is there, with or without argument, well or badly written}
   *
   * @param directive the directive
   */
  public boolean says(Directive directive) {
    return said.containsKey(directive);
  }

  /**
   * {@return whether a directive is there exactly as it is defined} What permits something counts
   * only then.
   *
   * @param directive the directive
   */
  public boolean permits(Directive directive) {
    Long value = said.get(directive);
    return value != null && (directive.isTime ? value >= 0 : value == BARE);
  }

  /** Whether all is there that is there in another. */
  boolean isAsStrictAs(CacheControl other) {
    return said.keySet().containsAll(other.said.keySet());
  }

  /**
   * {@return whether a directive is there without an argument}
   *
   * @param directive the directive
   */
  public boolean isBare(Directive directive) {
    Long value = said.get(directive);
    return value != null && value == BARE;
  }

  /**
   * {@return the argument of a directive that is a time; zero if it is no number, or two disagree}
   * When in doubt, a page is stale (RFC 9111 section 4.2.1).
   *
   * @param directive the directive
   */
  public Optional<Duration> seconds(Directive directive) {
    return Optional.ofNullable(said.get(directive))
        .map(value -> Duration.ofSeconds(Math.max(0, value)));
  }

  /**
   * {@return how long a shared cache may use the answer, if it says so (RFC 9111 section 4.2.1)}
   */
  public Optional<Duration> lifetime() {
    return seconds(Directive.S_MAXAGE).or(() -> seconds(Directive.MAX_AGE));
  }

  /**
   * {@return a number of seconds (RFC 9111 section 1.2.2), at most {@link #MOST_SECONDS}; empty for
   * other text}
   *
   * @param text the text
   */
  public static Optional<Duration> deltaSeconds(CharSequence text) {
    long seconds = secondsIn(text, 0, text.length());
    return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  private static long secondsIn(CharSequence text, int from, int to) {
    long seconds = from < to ? 0 : DOUBTFUL;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!ListScanner.isDigit(c)) {
        return DOUBTFUL;
      }
      seconds = Math.min(MOST_SECONDS, 10 * seconds + (c - '0'));
    }
    return seconds;
  }
}
