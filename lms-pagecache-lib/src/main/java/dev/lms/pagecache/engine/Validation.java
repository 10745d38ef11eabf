// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.engine;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Tags;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the cache asks a handler about a page it has stored: is it still valid (RFC 9111 section
 * 4.3)? The client did not ask this, so the answer is for the cache alone. Immutable.
 */
public final class Validation {
  /** What an answer says of itself and not of what it confirms (RFC 9111 section 4.2.3). */
  private static final Set<String> OF_THE_LAST_ANSWER = Set.of("age", "date");

  private final Page page;
  private final List<String> tags;
  private final List<String> dates;

  private Validation(Page page, List<String> tags, List<String> dates) {
    this.page = page;
    this.tags = tags;
    this.dates = dates;
  }

  /**
   * {@return the question about a stored page, if there is one to ask}
   *
   * @param page the stored page
   * @param credentials whether the request has any that the page is not declared to ignore: then
   *     only a tag that names every byte is asked about, since the page was another's
   */
  public static Optional<Validation> about(Page page, boolean credentials) {
    Fields fields = page.unwrap(Answer.class).fields();
    Validation question = new Validation(page, fields.lines("ETag"), fields.lines("Last-Modified"));
    boolean asks =
        credentials
            ? question.namesEveryByte(Fields.NONE)
            : !question.tags.isEmpty() || !question.dates.isEmpty();
    return asks ? Optional.of(question) : Optional.empty();
  }

  /** {@return its header fields (RFC 9111 section 4.3.1)} */
  public Map<String, String> conditions() {
    Map<String, String> conditions = new HashMap<>();
    if (!tags.isEmpty()) {
      conditions.put("If-None-Match", tags.get(0));
    }
    if (!dates.isEmpty()) {
      conditions.put("If-Modified-Since", dates.get(0));
    }
    return conditions;
  }

  /**
   * {@return whether a yes means that the stored bytes are those that would have been rendered} A
   * date or a weak tag only says that nothing happened to what the page is about.
   *
   * @param notModified the fields of the 304
   */
  public boolean namesEveryByte(Fields notModified) {
    return isStrong(tags) && (!notModified.has("ETag") || isStrong(notModified.lines("ETag")));
  }

  private static boolean isStrong(List<String> tags) {
    return tags.size() == 1 && tags.get(0).startsWith("\"");
  }

  /**
   * {@return whether a 304 is about this page (RFC 9111 section 4.3.4)}
   *
   * @param notModified the fields of the 304
   */
  public boolean isAnsweredBy(Fields notModified) {
    List<String> named = notModified.lines("ETag");
    if (!named.isEmpty()) {
      return named.equals(tags) || named.equals(tags.stream().map(Validation::weak).toList());
    }
    List<String> dated = notModified.lines("Last-Modified");
    return dated.isEmpty() || dates.isEmpty() || dated.equals(dates);
  }

  private static String weak(String tag) {
    return tag.startsWith("W/") ? tag : "W/" + tag;
  }

  /**
   * {@return what would be stored had the handler answered with the body again}
   *
   * @param notModified the fields of the 304
   */
  public Answer confirmedBy(Fields notModified) {
    Answer refreshed = page.unwrap(Answer.class).refreshed(notModified);
    Set<String> old = new HashSet<>(OF_THE_LAST_ANSWER);
    old.removeIf(notModified::has);
    return new Answer(refreshed.status(), refreshed.fields().without(old), refreshed.body());
  }

  /**
   * {@return the tags of the page, unless the handler names them again}
   *
   * @param key the page's key
   * @param named what the handler named
   */
  public Set<String> tags(PageKey key, List<String> named) {
    if (!named.isEmpty()) {
      return Set.copyOf(named);
    }
    Set<String> own = new HashSet<>(page.tags());
    own.removeAll(Tags.ofPage(key.path()));
    return own;
  }
}
