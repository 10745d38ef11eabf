// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names of the tags every page has by itself, and the rules for all others. */
public final class Tags {
  /** Every page has it. */
  public static final String EVERYTHING = "*";

  /** How many segments deep pages are known by the folders they are in. */
  private static final int DEPTH = 16;

  private Tags() {}

  /**
   * {@return the tag of all pages of a path, whatever their query and variant}
   *
   * @param rawPath the path in normal form
   */
  public static String ofPath(String rawPath) {
    return "path:" + rawPath;
  }

  /**
   * {@return the tags that every page of a path has by itself}
   *
   * @param rawPath the path in normal form
   */
  public static Set<String> ofPage(String rawPath) {
    Set<String> tags = new HashSet<>(ofFolders(rawPath));
    tags.add(EVERYTHING);
    tags.add(ofPath(rawPath));
    return tags;
  }

  /**
   * {@return the tags of all folders that a path is in, from the outermost: for {@code /a/b/c}
   * these are {@code /a/} and {@code /a/b/}} Only the first 16 folders count.
   *
   * @param rawPath the path in normal form
   */
  public static List<String> ofFolders(String rawPath) {
    List<String> tags = new ArrayList<>();
    int end = rawPath.indexOf('/', 1);
    while (end > 0 && tags.size() < DEPTH) {
      tags.add("folder:" + rawPath.substring(0, end + 1));
      end = rawPath.indexOf('/', end + 1);
    }
    return tags;
  }

  /**
   * {@return the tag of all pages whose path starts with a prefix} A prefix of more than 16
   * segments stands for the first 16 of them.
   *
   * @param rawPrefix the prefix, which starts and ends with a slash
   * @throws IllegalArgumentException if it does not
   */
  public static String ofFolder(String rawPrefix) {
    if (!rawPrefix.startsWith("/") || !rawPrefix.endsWith("/")) {
      throw new IllegalArgumentException(
          "The prefix \""
              + rawPrefix
              + "\" does not start and end with a slash; use purgePath for a single path");
    }
    List<String> folders = ofFolders(normalPath(rawPrefix));
    return folders.isEmpty() ? EVERYTHING : folders.get(folders.size() - 1);
  }

  /**
   * {@return the normal form of a path that somebody wrote}
   *
   * @param path the path
   * @throws IllegalArgumentException if it is something else; the message says what to write
   */
  public static String normalPath(String path) {
    if (path.startsWith("//") || (!path.startsWith("/") && path.contains("://"))) {
      throw refused(path, "is a URL; give its path alone, such as /course/cs101");
    }
    if (!path.startsWith("/")) {
      throw refused(path, "does not start with a slash; give the path as it stands in a URL");
    }
    if (path.indexOf('?') >= 0) {
      throw refused(path, "holds a query; give the path alone, which stands for all its queries");
    }
    if (path.indexOf('#') >= 0) {
      throw refused(path, "holds a fragment, which never reaches a server; give the path alone");
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      throw refused(path, "holds a control character; percent-encode it if it is meant");
    }
    if (path.indexOf('\uFFFD') >= 0) {
      throw refused(path, "holds a character that was lost on its way; percent-encode it as UTF-8");
    }
    return NormalForm.ofPath(path);
  }

  private static IllegalArgumentException refused(String path, String why) {
    return new IllegalArgumentException("The path \"" + path + "\" " + why);
  }

  /**
   * {@return tags to purge, after a check that pages can have them}
   *
   * @param tags at least one tag
   * @throws IllegalArgumentException if there is none, or one that no page can have
   */
  public static List<String> checked(String... tags) {
    if (tags.length == 0) {
      throw new IllegalArgumentException(
          "No tag is given, so nothing would be purged; name one, or use purgeAll for every page");
    }
    for (String tag : tags) {
      check(tag);
    }
    return List.of(tags);
  }

  /**
   * Checks that a page can have a tag.
   *
   * @param tag the tag
   * @throws IllegalArgumentException if it is empty, has white space around it, or holds a comma or
   *     a control character
   */
  public static void check(String tag) {
    if (tag.isBlank()) {
      throw new IllegalArgumentException(
          "The tag \"" + tag + "\" is empty; name one, or use purgeAll for every page");
    }
    if (tag.indexOf(',') >= 0) {
      throw new IllegalArgumentException(
          "The tag \"" + tag + "\" holds a comma; give each tag by itself");
    }
    if (tag.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("The tag \"" + tag + "\" holds a control character");
    }
    if (!tag.equals(tag.strip())) {
      throw new IllegalArgumentException(
          "The tag \"" + tag + "\" begins or ends with white space; leave it out");
    }
  }
}
