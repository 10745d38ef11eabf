// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.store;

import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.Digests;
import dev.lms.pagecache.page.Tags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An answer as a store keeps it, with the tags that purge it and its times. A store in the process
 * needs its tags, times and weight; one outside the process keeps the bytes of {@link PageCodec}.
 * Immutable.
 */
public final class Page {
  private static final Fields HTML =
      new Fields(Map.of("Content-Type", List.of("text/html; charset=utf-8")));

  /** Clocks that differ by less are taken for the same. */
  private static final Duration SKEW = Duration.ofSeconds(2);

  /** No store keeps a page longer (RFC 9111 section 1.2.2 leaves that to caches). */
  private static final Duration LONGEST = Duration.ofDays(366);

  private final Answer answer;
  private final PageTags tags;
  private final Instant renderedAt;
  private final Instant freshUntil;
  private final Instant keptUntil;
  private final String digest;

  Page(
      Answer answer,
      PageTags tags,
      Instant renderedAt,
      Instant freshUntil,
      Instant keptUntil,
      String digest) {
    if (keptUntil.isBefore(freshUntil)) {
      throw new IllegalArgumentException(
          "A page that is fresh until "
              + freshUntil
              + " is kept at least as long, not until "
              + keptUntil);
    }
    this.answer = answer;
    this.tags = tags;
    this.renderedAt = renderedAt;
    this.freshUntil = freshUntil;
    this.keptUntil = keptUntil;
    this.digest = digest;
  }

  /**
   * {@return a page of HTML, for tests of stores, with the tags that every page of its key has}
   *
   * @param key the key under which it will be stored
   * @param html its body
   * @param renderedAt when its render started
   * @param ttl how long it is fresh, and kept
   */
  public static Page of(PageKey key, String html, Instant renderedAt, Duration ttl) {
    Answer answer = new Answer(200, HTML, Body.of(html.getBytes(StandardCharsets.UTF_8)));
    return of(answer, key, Set.of(), renderedAt, ttl, Duration.ZERO);
  }

  /**
   * Prepares an answer to be stored: compresses it and computes its digest. Only the cache calls
   * it, because the type of an answer is not exported.
   *
   * @param answer the cache's own answer, without the fields that concern one connection
   * @param key the key under which it will be stored
   * @param tags the tags of the route and of the handler; those that every page has are added
   * @param renderedAt when its render started
   * @param ttl how long it is fresh
   * @param keptStale how much longer it is kept
   * @return the page
   * @throws ClassCastException if the answer is of another type
   */
  public static Page of(
      Object answer,
      PageKey key,
      Set<String> tags,
      Instant renderedAt,
      Duration ttl,
      Duration keptStale) {
    Answer whole = (Answer) answer;
    Set<String> all = Tags.ofPage(key.path());
    all.addAll(tags);
    return new Page(
        whole.compressed(),
        PageTags.of(all),
        renderedAt,
        renderedAt.plus(ttl),
        renderedAt.plus(ttl).plus(keptStale),
        digestOf(whole, key.variant()));
  }

  private static String digestOf(Answer answer, String variant) {
    Digests all = new Digests().part('V', variant);
    all.part('S', Integer.toString(answer.status()));
    answer.fields().flattened().forEach(line -> all.part('F', line));
    answer.body().digest(all);
    return all.name();
  }

  /** What was answered: status, header fields and body, gzip ready where it pays. */
  Answer answer() {
    return answer;
  }

  /**
   * {@return the answer as the cache works with it} Only the cache calls it, because that type is
   * not exported. A store that needs the bytes of a page uses {@link PageCodec}.
   *
   * @param <T> the type of the answer
   * @param type its class
   * @throws ClassCastException if the answer is of another type
   */
  public <T> T unwrap(Class<T> type) {
    return type.cast(answer);
  }

  /**
   * {@return the body as it was rendered, without anything where a hole is; for tests of stores}
   */
  public String html() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Map<String, byte[]> nothing = new HashMap<>();
    answer.body().holes().forEach(hole -> nothing.put(hole, new byte[0]));
    try {
      answer.body().writeTo(bytes, Coding.IDENTITY, nothing);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory does not fail to be written", e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** {@return all tags that purge this page, including those that every page has} */
  public Set<String> tags() {
    return tags.all();
  }

  PageTags encodedTags() {
    return tags;
  }

  /**
   * {@return when its render started, by the clock of the node that rendered it, unless {@link
   * #keptAtMost} has corrected it}
   */
  public Instant renderedAt() {
    return renderedAt;
  }

  /** {@return when it stops being fresh; not before {@link #renderedAt}} */
  public Instant freshUntil() {
    return freshUntil;
  }

  /**
   * {@return when a store forgets it; not before {@link #freshUntil}} Until then it can be
   * revalidated, or served stale where that is allowed.
   */
  public Instant keptUntil() {
    return keptUntil;
  }

  /**
   * {@return a name of the answer without the content of its holes: letters, digits, hyphens and
   * underscores}
   */
  public String digest() {
    return digest;
  }

  /**
   * {@return this page with further tags}
   *
   * @param more tags that purge the page, too
   */
  public Page withTags(String... more) {
    Set<String> all = new HashSet<>(tags());
    all.addAll(Arrays.asList(more));
    return new Page(answer, PageTags.of(all), renderedAt, freshUntil, keptUntil, digest);
  }

  /**
   * {@return this page, kept longer than it is fresh}
   *
   * @param keptStale how much longer; not negative
   */
  public Page withKeptStale(Duration keptStale) {
    return new Page(answer, tags, renderedAt, freshUntil, freshUntil.plus(keptStale), digest);
  }

  /**
   * {@return whether this page is fresh, that is before {@link #freshUntil}}
   *
   * @param now the present time
   */
  public boolean isFresh(Instant now) {
    return now.isBefore(freshUntil);
  }

  /**
   * Corrects the page's times for the clock of this node, when another one says how much longer the
   * page may be kept. If this clock would keep it longer, because it is behind that of the
   * rendering node or was set back, all times of the page are set back by the difference.
   *
   * @param left how much longer it may be kept
   * @param now the time by the clock of this node
   * @return this page, or one whose age and lifetime are right by this clock
   */
  public Page keptAtMost(Duration left, Instant now) {
    Duration ahead = Duration.between(now, keptUntil).minus(left);
    return ahead.compareTo(SKEW) < 0 ? this : setBack(ahead);
  }

  private Page setBack(Duration by) {
    return new Page(
        answer, tags, renderedAt.minus(by), freshUntil.minus(by), keptUntil.minus(by), digest);
  }

  /**
   * Limits the page's times for a store: it is kept no longer from now on than its lifetime, in
   * case the clock was set back during the render, and no longer than a year.
   *
   * @param now the time by the clock of this node
   * @return this page, or one with other times
   */
  public Page toBeStored(Instant now) {
    Page page = keptAtMost(Duration.between(renderedAt, keptUntil), now);
    Instant last = now.plus(LONGEST);
    if (!page.keptUntil.isAfter(last)) {
      return page;
    }
    Instant fresh = page.freshUntil.isAfter(last) ? last : page.freshUntil;
    return new Page(answer, tags, page.renderedAt, fresh, last, digest);
  }

  /**
   * {@return the approximate number of bytes that this page takes in memory: body in all codings,
   * fields and tags; at least the length of the body}
   */
  public int weight() {
    int weight = 256 + answer.body().weight();
    for (String line : answer.fields().flattened()) {
      weight += 64 + line.length();
    }
    for (String tag : tags()) {
      weight += 64 + tag.length();
    }
    return weight;
  }
}
