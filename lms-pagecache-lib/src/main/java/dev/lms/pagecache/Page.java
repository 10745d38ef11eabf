package dev.lms.pagecache;

import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Fields;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An answer as it is stored. Immutable.
 *
 * @param answer status, header fields and body, gzip ready where it pays
 * @param variant who may share it
 * @param tags all tags that purge it, those every page has included
 * @param renderedAt when its render started
 * @param freshUntil when it stops being fresh
 * @param keptUntil when a store forgets it; until then it is at hand to be revalidated, or to be
 *     served stale where that is allowed. Not before {@code freshUntil}
 * @param digest names the answer, apart from what is in its holes
 */
public record Page(
    Answer answer,
    Variant variant,
    Set<String> tags,
    Instant renderedAt,
    Instant freshUntil,
    Instant keptUntil,
    String digest) {

  private static final int DIGEST_BYTES = 18;
  private static final MessageDigest UNFED = newSha256();
  private static final Base64.Encoder NAMES = Base64.getUrlEncoder().withoutPadding();

  /** No status: what it is the status of is no answer. */
  private static final int VARYING = 0;

  /**
   * Copies the tags.
   *
   * @throws IllegalArgumentException if it were forgotten while it is fresh
   */
  public Page {
    tags = Set.copyOf(tags);
    if (keptUntil.isBefore(freshUntil)) {
      throw new IllegalArgumentException(
          "A page that is fresh until "
              + freshUntil
              + " is kept at least as long, not until "
              + keptUntil);
    }
  }

  /**
   * Makes an answer ready to be stored: compresses it and computes its digest.
   *
   * @param answer the answer, without the fields that are the business of one connection
   * @param key what it will be stored under
   * @param tags the tags of the route and of the handler; those every page has are added
   * @param renderedAt when its render started
   * @param ttl how long it is fresh
   * @return the page, kept as long as it is fresh
   */
  public static Page of(
      Answer answer, PageKey key, Set<String> tags, Instant renderedAt, Duration ttl) {
    return of(answer, key, tags, renderedAt, ttl, Duration.ZERO);
  }

  /**
   * Makes an answer ready to be stored and kept past its freshness.
   *
   * @param answer the answer, without the fields that are the business of one connection
   * @param key what it will be stored under
   * @param tags the tags of the route and of the handler; those every page has are added
   * @param renderedAt when its render started
   * @param ttl how long it is fresh
   * @param keptStale how much longer it is kept
   * @return the page
   */
  public static Page of(
      Answer answer,
      PageKey key,
      Set<String> tags,
      Instant renderedAt,
      Duration ttl,
      Duration keptStale) {
    Set<String> all = tagsOf(key);
    all.addAll(tags);
    return new Page(
        answer.compressed(),
        key.variant(),
        all,
        renderedAt,
        renderedAt.plus(ttl),
        renderedAt.plus(ttl).plus(keptStale),
        digestOf(answer, key.variant()));
  }

  /** The tags that every page of a key has. */
  private static Set<String> tagsOf(PageKey key) {
    Set<String> tags = new HashSet<>(Tags.ofFolders(key.path()));
    tags.add(Tags.EVERYTHING);
    tags.add(Tags.ofPath(key.path()));
    return tags;
  }

  /**
   * The tags of the route and of the handler.
   *
   * @param key what the page is stored under
   * @return its tags without those that every page of the key has
   */
  public Set<String> ownTags(PageKey key) {
    Set<String> own = new HashSet<>(tags);
    own.removeAll(tagsOf(key));
    return own;
  }

  /**
   * The page after its handler said that it is still valid (RFC 9111 sections 3.2 and 4.3.4): the
   * same body, with the fields of the 304 in place of the older ones.
   *
   * @param notModified the fields of the 304, without those that are the business of one connection
   * @return what would be stored had the handler answered with the body again
   */
  public Answer refreshed(Fields notModified) {
    return new Answer(
        answer.status(), answer.fields().replacedBy(notModified, OF_THE_BODY), answer.body());
  }

  /** Fields of a 304 that say nothing about the stored body. */
  private static final Set<String> OF_THE_BODY =
      Set.of("content-length", "content-encoding", "content-range");

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
   * The entity tag (RFC 9110 section 8.8.3): strong, another one for each coding, and another one
   * whenever a byte of the body or a stored field would differ. Pages without holes need no hashing
   * here.
   *
   * @param coding the coding it is sent in
   * @param filled the value of each hole
   * @return the tag with its quotes
   */
  public String etag(Coding coding, Map<String, byte[]> filled) {
    String name = digest;
    if (answer.body().hasHoles()) {
      MessageDigest sha = sha256();
      digest(sha, 'D', digest);
      for (String hole : answer.body().holes()) {
        byte[] value = filled.getOrDefault(hole, new byte[0]);
        digest(sha, 'F', new Slice(value, 0, value.length));
      }
      name = text(sha);
    }
    return coding == Coding.GZIP ? '"' + name + "-gzip\"" : '"' + name + '"';
  }

  private static String digestOf(Answer answer, Variant variant) {
    MessageDigest sha = sha256();
    digest(sha, 'V', variant.kind().token());
    variant.names().forEach(name -> digest(sha, 'N', name));
    digest(sha, 'S', Integer.toString(answer.status()));
    answer.fields().flattened().forEach(line -> digest(sha, 'F', line));
    answer.body().digest(sha);
    return text(sha);
  }

  /** A name for a text that tells nothing about it. */
  static String digestOf(String text) {
    MessageDigest sha = sha256();
    digest(sha, 'T', text);
    return text(sha);
  }

  /**
   * What stands in the place of pages that vary (RFC 9111 section 4.1): the fields they vary by.
   *
   * @param page one of them; the list ends with it
   * @param names the fields
   */
  static Page listOfVaryingFields(Page page, List<String> names) {
    return new Page(
        new Answer(VARYING, new Fields(Map.of("Vary", names)), Body.EMPTY),
        page.variant(),
        page.tags(),
        page.renderedAt(),
        page.keptUntil(),
        page.keptUntil(),
        "");
  }

  /** Clocks that differ by less are taken for the same. */
  private static final Duration SKEW = Duration.ofSeconds(2);

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
        answer,
        variant,
        tags,
        renderedAt.minus(by),
        freshUntil.minus(by),
        keptUntil.minus(by),
        digest);
  }

  /** No store keeps a page longer (RFC 9111 section 1.2.2 leaves that to caches). */
  private static final Duration LONGEST = Duration.ofDays(366);

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
    return page.keptUntil.isAfter(last)
        ? new Page(
            answer,
            variant,
            tags,
            page.renderedAt,
            page.freshUntil.isAfter(last) ? last : page.freshUntil,
            last,
            digest)
        : page;
  }

  /** The same, kept at least as long as another. */
  Page keptAsLongAs(Page other) {
    return other.keptUntil.isAfter(keptUntil)
        ? new Page(answer, variant, tags, renderedAt, other.keptUntil, other.keptUntil, digest)
        : this;
  }

  /** The fields that the pages in whose place this stands vary by; empty for a page. */
  List<String> varyingFields() {
    return answer.status() == VARYING ? answer.fields().lines("Vary") : List.of();
  }

  static void digest(MessageDigest sha, char kind, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    digest(sha, kind, new Slice(bytes, 0, bytes.length));
  }

  static void digest(MessageDigest sha, char kind, Slice value) {
    byte[] kindAndLength = new byte[1 + Integer.BYTES];
    ByteBuffer.wrap(kindAndLength)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) kind)
        .putInt(value.length);
    sha.update(kindAndLength);
    sha.update(value.array, value.offset, value.length);
  }

  /** As fast as the platform gives it: a copy of one that was never fed. */
  private static MessageDigest sha256() {
    try {
      return (MessageDigest) UNFED.clone();
    } catch (CloneNotSupportedException e) {
      return newSha256();
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256; this one does not", e);
    }
  }

  private static String text(MessageDigest sha) {
    return NAMES.encodeToString(Arrays.copyOf(sha.digest(), DIGEST_BYTES));
  }

  /**
   * The page as bytes, for stores that keep it outside this process.
   *
   * @return bytes for {@link #fromBytes}
   */
  public byte[] toBytes() {
    return PageCodec.encode(this);
  }

  /**
   * A page from its bytes.
   *
   * @param bytes from {@link #toBytes}; the page keeps them, so they must not be changed afterwards
   * @return the page
   * @throws IllegalArgumentException if they are something else, or of another version
   */
  public static Page fromBytes(byte[] bytes) {
    return PageCodec.decode(bytes);
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
