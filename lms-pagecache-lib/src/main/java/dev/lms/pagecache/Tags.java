package dev.lms.pagecache;

import java.util.ArrayList;
import java.util.List;

/** The names of the tags every page has by itself, and the rules for all others. */
final class Tags {
  /** Every page has it. */
  static final String EVERYTHING = "*";

  /** How many segments deep pages are known by the folders they are in. */
  private static final int DEPTH = 16;

  private Tags() {}

  /** The tag of all pages of a raw path, whatever their query and variant. */
  static String ofPath(String rawPath) {
    return "path:" + rawPath;
  }

  /**
   * The tags of all folders a raw path is in, from the outermost: for {@code /a/b/c} these are
   * {@code /a/} and {@code /a/b/}. Only the first 16 are counted.
   */
  static List<String> ofFolders(String rawPath) {
    List<String> tags = new ArrayList<>();
    int end = rawPath.indexOf('/', 1);
    while (end > 0 && tags.size() < DEPTH) {
      tags.add("folder:" + rawPath.substring(0, end + 1));
      end = rawPath.indexOf('/', end + 1);
    }
    return tags;
  }

  /**
   * The tag of all pages whose raw path starts with this one, which ends with a slash. One that is
   * deeper than pages know stands for the deepest folder around it that they do.
   */
  static String ofFolder(String rawPrefix) {
    if (!rawPrefix.startsWith("/") || !rawPrefix.endsWith("/")) {
      throw new IllegalArgumentException(
          "The prefix \""
              + rawPrefix
              + "\" does not start and end with a slash; use purgePath for a single path");
    }
    List<String> folders = ofFolders(rawPrefix);
    return folders.isEmpty() ? EVERYTHING : folders.get(folders.size() - 1);
  }

  static void check(String tag) {
    if (tag.isBlank() || tag.indexOf(',') >= 0 || tag.chars().anyMatch(c -> c < ' ')) {
      throw new IllegalArgumentException(
          "The tag \"" + tag + "\" is empty or holds a comma or a control character");
    }
  }
}
