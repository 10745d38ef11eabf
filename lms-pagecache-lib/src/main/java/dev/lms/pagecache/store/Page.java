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
 * An answer as it is stored: what was answered, the tags that purge it, and its times. A store
 * needs to know its tags and times, and what it weighs; outside the process it keeps the bytes of
 * {@link PageCodec}. Immutable.
 */
public final class Page {
  private static final Fields HTML =
      new Fields(Map.of("Content-Type", List.of("text/html; charset=utf-8")));

  /** Clocks that differ by less are taken for the same. */
  private static final Duration SKEW = Duration.ofSeconds(2);

  /** No store keeps a page longer (RFC 9111 section 1.2.2 leaves that to caches). */
  private static final Duration LONGEST = Duration.ofDays(366);

  private final Answer answer;
  private final Set<String> tags;
  private final Instant renderedAt;
  private final Instant freshUntil;
  private final Instant keptUntil;
  private final String digest;

  Page(
      Answer answer,
      Set<String> tags,
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
    this.tags = Set.copyOf(tags);
    this.renderedAt = renderedAt;
    this.freshUntil = freshUntil;
    this.keptUntil = keptUntil;
    this.digest = digest;
  }

  /**
   * A page of HTML, for tests of stores.
   *
   * @param key what it will be stored under
   * @param html its body
   * @param renderedAt when its render started
   * @param ttl how long it is fresh, and kept
   * @return the page, with the tags that every page of this key has
   */
  public static Page of(PageKey key, String html, Instant renderedAt, Duration ttl) {
    Answer answer = new Answer(200, HTML, Body.of(html.getBytes(StandardCharsets.UTF_8)));
    return of(answer, key, Set.of(), renderedAt, ttl, Duration.ZERO);
  }

  /**
   * Makes an answer ready to be stored: compresses it and computes its digest. For the cache alone:
   * the type of an answer is not exported.
   *
   * @param answer the cache's own answer, without the fields that are the business of one
   *     connection
   * @param key what it will be stored under
   * @param tags the tags of the route and of the handler; those every page has are added
   * @param renderedAt when its render started
   * @param ttl how long it is fresh
   * @param keptStale how much longer it is kept
   * @return the page
   * @throws ClassCastException if the answer is something else
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
        all,
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
   * What was answered, as the cache itself works with it. For the cache alone: that type is not
   * exported. A store that needs the bytes of a page takes {@link PageCodec}.
   *
   * @param <T> what it works with
   * @param type its class
   * @return the answer
   * @throws ClassCastException if the type is another one
   */
  public <T> T unwrap(Class<T> type) {
    return type.cast(answer);
  }

  /**
   * The body as it was rendered, for tests of stores.
   *
   * @return the text, in which nothing stands where a hole is
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

  /**
   * All tags that purge it, those every page has included.
   *
   * @return the tags
   */
  public Set<String> tags() {
    return tags;
  }

  /**
   * When its render started.
   *
   * @return by the clock of the node that rendered it, unless {@link #keptAtMost} corrected it
   */
  public Instant renderedAt() {
    return renderedAt;
  }

  /**
   * When it stops being fresh.
   *
   * @return not before {@link #renderedAt}
   */
  public Instant freshUntil() {
    return freshUntil;
  }

  /**
   * When a store forgets it. Until then it is at hand to be revalidated, or to be served stale
   * where that is allowed.
   *
   * @return not before {@link #freshUntil}
   */
  public Instant keptUntil() {
    return keptUntil;
  }

  /**
   * Names the answer, apart from what is in its holes.
   *
   * @return letters, digits, hyphens and underscores
   */
  public String digest() {
    return digest;
  }

  /**
   * The same page with more tags.
   *
   * @param more the tags
   * @return a page that these purge too
   */
  public Page withTags(String... more) {
    Set<String> all = new HashSet<>(tags);
    all.addAll(Arrays.asList(more));
    return new Page(answer, all, renderedAt, freshUntil, keptUntil, digest);
  }

  /**
   * The same page, kept past its freshness.
   *
   * @param keptStale how much longer than it is fresh; not negative
   * @return a page with another {@link #keptUntil}
   */
  public Page withKeptStale(Duration keptStale) {
    return new Page(answer, tags, renderedAt, freshUntil, freshUntil.plus(keptStale), digest);
  }

  /**
   * Whether it is fresh.
   *
   * @param now the time
   * @return true before {@link #freshUntil}
   */
  public boolean isFresh(Instant now) {
    return now.isBefore(freshUntil);
  }

  /**
   * The page as it looks by a clock of this node, of which others know how much longer it may be
   * kept: where the clock would keep it longer, as it does if it is behind the one of the node that
   * rendered it or was set back since, all its times are set back by as much.
   *
   * @param left how much longer it may be kept
   * @param now the time by the clock of this node
   * @return this page, or one whose age and lifetime are right here
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
   * The page as a store takes it: kept no longer from now on than its lifetime, should the clock
   * have been set back during the render, and no longer than a year.
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
   * Bytes of memory the page takes, by and large: body in all codings, fields, tags.
   *
   * @return at least the length of the body
   */
  public int weight() {
    int weight = 256 + answer.body().weight();
    for (String line : answer.fields().flattened()) {
      weight += 64 + line.length();
    }
    for (String tag : tags) {
      weight += 64 + tag.length();
    }
    return weight;
  }
}
