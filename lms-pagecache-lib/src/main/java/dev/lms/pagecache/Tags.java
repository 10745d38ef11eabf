package dev.lms.pagecache;

/** The names of the tags every page has by itself, and the rules for all others. */
final class Tags {
  /** Every page has it. */
  static final String EVERYTHING = "*";

  private Tags() {}

  /** The tag of all pages of a raw path, whatever their query and variant. */
  static String ofPath(String rawPath) {
    return "path:" + rawPath;
  }

  static void check(String tag) {
    if (tag.isBlank() || tag.indexOf(',') >= 0 || tag.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          "The tag \"" + tag + "\" is empty or holds a comma or a control character");
    }
  }
}
