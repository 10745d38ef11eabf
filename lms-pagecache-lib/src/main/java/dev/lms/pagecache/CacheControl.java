package dev.lms.pagecache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directives of a {@code Cache-Control} field (RFC 9111 section 5.2), or of the field aimed at
 * caches like this one, {@code CDN-Cache-Control} (RFC 9213), which then stands in for it.
 */
final class CacheControl {
  /** What no lifetime exceeds (RFC 9111 section 1.2.2). */
  static final long MOST_SECONDS = 1L << 31;

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** A directive with or without argument, or anything else up to the next comma. */
  private static final Pattern MEMBER =
      Pattern.compile(
          "\\s*(?<name>"
              + TOKEN
              + ")(?:=(?:(?<token>"
              + TOKEN
              + ")|\"(?<quoted>(?:[^\"\\\\]|\\\\.)*)\"))?(?<rest>[^,]*),?");

  /** A member of a dictionary whose value is an integer, a string, a token or true (RFC 9651). */
  private static final Pattern DICTIONARY_MEMBER =
      Pattern.compile(
          "(?<name>[a-z*][a-z0-9_.*-]*)"
              + "(?:=(?:(?<integer>-?[0-9]{1,15})"
              + "|(?<string>\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*\")"
              + "|(?<token>[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*)"
              + "|\\?1))?");

  private final Map<String, List<String>> directives;

  private CacheControl(Map<String, List<String>> directives) {
    this.directives = directives;
  }

  /** The directives of a request, or those of an answer that all caches see. */
  static CacheControl of(Fields fields) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String line : fields.lines("Cache-Control")) {
      Matcher member = MEMBER.matcher(line);
      int at = 0;
      while (at < line.length()) {
        if (!member.find(at) || member.start() != at) {
          at = line.indexOf(',', at) < 0 ? line.length() : line.indexOf(',', at) + 1;
          continue;
        }
        found
            .computeIfAbsent(
                member.group("name").toLowerCase(Locale.ROOT), name -> new ArrayList<>())
            .add(argument(member));
        at = member.end();
      }
    }
    return new CacheControl(found);
  }

  /** What follows an argument that should end there makes it invalid, and so it is kept. */
  private static String argument(Matcher member) {
    String quoted = member.group("quoted");
    String token = member.group("token");
    String argument = quoted != null ? quoted : token != null ? token : "";
    return argument + member.group("rest").strip();
  }

  /** The directives of an answer that a cache in front of the program goes by. */
  static CacheControl targeted(Fields fields) {
    return dictionary(fields.lines("CDN-Cache-Control")).orElseGet(() -> of(fields));
  }

  /** Whether an answer speaks to such caches in particular: {@code Expires} is then void. */
  static boolean isTargeted(Fields fields) {
    return dictionary(fields.lines("CDN-Cache-Control")).isPresent();
  }

  /** Empty if there is no such field, or it is malformed: then it counts as absent. */
  private static Optional<CacheControl> dictionary(List<String> lines) {
    String all = String.join(",", lines).strip();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (String text : all.split(",", -1)) {
      Matcher member = DICTIONARY_MEMBER.matcher(text.strip());
      if (!member.matches()) {
        return Optional.empty();
      }
      String integer = member.group("integer");
      boolean isTime = TIMES.contains(member.group("name"));
      boolean isFlag = FLAGS.contains(member.group("name"));
      if ((isTime && integer == null) || (isFlag && integer != null)) {
        return Optional.empty();
      }
      found.put(member.group("name"), List.of(integer == null ? "" : integer));
    }
    return Optional.of(new CacheControl(found));
  }

  private static final List<String> TIMES =
      List.of("max-age", "s-maxage", "stale-while-revalidate", "stale-if-error");
  private static final List<String> FLAGS =
      List.of(
          "no-store",
          "no-cache",
          "must-revalidate",
          "proxy-revalidate",
          "public",
          "must-understand");

  /** Whether a directive is there, with or without argument. */
  boolean has(String directive) {
    return directives.containsKey(directive);
  }

  /**
   * The argument of a directive that is a time. Zero if it is no number or two disagree: when in
   * doubt, a page is stale (RFC 9111 section 4.2.1).
   */
  Optional<Duration> seconds(String directive) {
    List<String> arguments = directives.get(directive);
    if (arguments == null) {
      return Optional.empty();
    }
    String argument = arguments.get(0);
    boolean agree = arguments.stream().allMatch(argument::equals);
    return Optional.of(agree ? deltaSeconds(argument).orElse(Duration.ZERO) : Duration.ZERO);
  }

  /** A number of seconds (RFC 9111 section 1.2.2), at most {@link #MOST_SECONDS}. */
  static Optional<Duration> deltaSeconds(String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    String digits = text.replaceFirst("^0+", "");
    return Optional.of(
        Duration.ofSeconds(
            digits.length() > 10
                ? MOST_SECONDS
                : Math.min(MOST_SECONDS, digits.isEmpty() ? 0 : Long.parseLong(digits))));
  }
}
