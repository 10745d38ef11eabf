package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.NamedRule;
import dev.lms.pagecache.Outcome;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.http.ByteRange;
import dev.lms.pagecache.http.CacheAdvice;
import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Conditions;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.http.Vary;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.EntityTag;
import dev.lms.pagecache.page.HoleMarkers;
import dev.lms.pagecache.store.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes answers to the client of one exchange: headers, holes, codings, conditions. */
final class Responder {
  private static final Set<String> READS = Set.of("GET", "HEAD");

  private static final RareField ACCEPT_ENCODING = RareField.named("Accept-Encoding");
  private static final RareField AGE = RareField.named("Age");
  private static final RareField CACHE_CONTROL = RareField.named("Cache-Control");
  private static final RareField ETAG = RareField.named("ETag");
  private static final RareField IF_MODIFIED_SINCE = RareField.named("If-Modified-Since");
  private static final RareField IF_NONE_MATCH = RareField.named("If-None-Match");
  private static final RareField IF_RANGE = RareField.named("If-Range");
  private static final RareField RANGE = RareField.named("Range");
  private static final RareField VARY = RareField.named("Vary");

  /** What names the bytes of an answer, of the whole or of a part: RFC 9530 and its ancestors. */
  private static final List<RareField> DIGESTS =
      Stream.of("Content-Digest", "Repr-Digest", "Digest", "Content-MD5")
          .map(RareField::named)
          .toList();

  private final HttpExchange outer;
  private final Map<String, HoleFiller> fillers;
  private final InstantSource clock;
  private final NamedRule named;
  private final boolean anonymous;
  private final boolean answerDecides;

  /**
   * @param named what the route declares; if it does, the cache says what browsers may keep
   * @param anonymous whether it is certain that a stranger is asking
   */
  Responder(
      HttpExchange outer,
      Map<String, HoleFiller> fillers,
      InstantSource clock,
      NamedRule named,
      boolean anonymous) {
    this.outer = outer;
    this.fillers = fillers;
    this.clock = clock;
    this.named = named;
    this.anonymous = anonymous;
    this.answerDecides = named.followsRfc9111();
  }

  void requireFiller(String name) {
    if (!fillers.containsKey(name)) {
      throw new IllegalArgumentException(
          "No filler for the hole \"" + name + "\"; there are " + new TreeSet<>(fillers.keySet()));
    }
  }

  /** Whether an answer of this length, known beforehand, would be sent in gzip. */
  boolean wouldCompress(Fields fields, long length) {
    return length > 0 && acceptedCoding() == Coding.GZIP && Answer.isCompressible(fields, length);
  }

  /** Only the status, for an answer somebody else will write. */
  void announce(Outcome outcome) {
    announce(outcome, clock.instant());
  }

  private void announce(Outcome outcome, Instant now) {
    outer.getResponseHeaders().set("Cache-Status", outcome.cacheStatus(now));
  }

  /**
   * Sends a page that has an entity tag, or says that the client has it already.
   *
   * @return bytes of the body as it was sent
   */
  long send(Page page, Outcome outcome) throws IOException {
    Answer answer = page.answer();
    Body body = answer.body();
    Map<String, byte[]> filled = fill(body.holes());
    List<String> range = rangeOf(answer);
    Coding coding = range.isEmpty() ? coding(body) : Coding.IDENTITY;
    String etag = etag(page, coding, filled);
    Instant now = clock.instant();
    Headers headers =
        writeHead(answer.fields(), body.has(Coding.GZIP), body.hasHoles(), outcome, now);
    headers.set("ETag", etag);
    if (coding == Coding.GZIP || body.hasHoles()) {
      dropDigests(headers);
    }
    if (isFromStore(outcome) || AGE.isIn(headers)) {
      headers.set("Age", Long.toString(age(page, now)));
    }
    if (answer.status() == 200 && clientHas(etag, page, outcome, now)) {
      headers.remove("Content-Type");
      outer.sendResponseHeaders(304, -1);
      outer.close();
      return 0;
    }
    if (!range.isEmpty() && Conditions.allowsRange(requestLines(IF_RANGE), etag, answer.fields())) {
      int size = (int) body.length(Coding.IDENTITY, filled);
      Optional<ByteRange> part = ByteRange.of(range, size);
      if (part.isPresent()) {
        return writePart(body, part.get(), size);
      }
    }
    return writeBody(answer.status(), body, coding, filled);
  }

  /** The lines of {@code Range}, where a part of this answer would do. */
  private List<String> rangeOf(Answer answer) {
    boolean mayBePart =
        answerDecides
            && outer.getRequestMethod().equals("GET")
            && answer.status() == 200
            && !answer.body().hasHoles();
    return mayBePart ? requestLines(RANGE) : List.of();
  }

  private static boolean isFromStore(Outcome outcome) {
    return switch (outcome.source()) {
      case HIT, STALE, STALE_IF_ERROR -> true;
      default -> false;
    };
  }

  /**
   * The handler's own tag where the answer decides, made weak for the coding that is not the
   * handler's (RFC 9110 section 8.8.3.3); otherwise one made of the bytes.
   */
  private String etag(Page page, Coding coding, Map<String, byte[]> filled) {
    List<String> own =
        answerDecides && !page.answer().body().hasHoles()
            ? page.answer().fields().lines("ETag")
            : List.of();
    if (own.isEmpty()) {
      return EntityTag.of(page.digest(), page.answer().body(), coding, filled);
    }
    String tag = own.get(0);
    return coding == Coding.GZIP ? EntityTag.ofOtherBytes(tag) : tag;
  }

  /** RFC 9110 section 14. */
  private long writePart(Body body, ByteRange part, int size) throws IOException {
    writePartHead(part, size);
    if (part.length() == 0) {
      outer.sendResponseHeaders(416, -1);
      outer.close();
      return 0;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(size);
    body.writeTo(whole, Coding.IDENTITY, Map.of());
    outer.sendResponseHeaders(206, part.length());
    try (OutputStream out = outer.getResponseBody()) {
      out.write(whole.toByteArray(), part.from(), part.length());
    }
    return part.length();
  }

  private void writePartHead(ByteRange part, long size) {
    Headers headers = outer.getResponseHeaders();
    dropDigests(headers);
    headers.remove("Content-Length");
    String bytes = part.length() == 0 ? "*" : part.from() + "-" + (part.from() + part.length() - 1);
    headers.set("Content-Range", "bytes " + bytes + '/' + size);
  }

  /** Sends an answer that was not stored. */
  void send(Answer answer, Outcome outcome) throws IOException {
    Map<String, byte[]> filled = fill(answer.body().holes());
    Answer ready = acceptedCoding() == Coding.GZIP ? answer.compressed() : answer;
    boolean variesByCoding =
        !answerDecides
            || Answer.isCompressible(
                answer.fields(), answer.body().length(Coding.IDENTITY, filled));
    boolean holes = answer.body().hasHoles();
    Headers headers = writeHead(answer.fields(), variesByCoding, holes, outcome, clock.instant());
    Coding coding = coding(ready.body());
    if (holes) {
      headers.remove("ETag");
    } else if (coding == Coding.GZIP && ETAG.isIn(headers)) {
      headers.set("ETag", EntityTag.ofOtherBytes(headers.getFirst("ETag")));
    }
    if (holes || coding == Coding.GZIP) {
      dropDigests(headers);
    }
    writeBody(answer.status(), ready.body(), coding, filled);
  }

  private static void dropDigests(Headers headers) {
    for (RareField digest : DIGESTS) {
      if (digest.isIn(headers)) {
        headers.remove(digest.normalName());
      }
    }
  }

  /**
   * Begins an answer that streams.
   *
   * @param asAsked whether the handler saw all of the request, so that its answer is what was asked
   * @return where the body goes, or null if there is none
   */
  @Nullable OutputStream begin(
      int status, Fields fields, long length, HoleMarkers markers, Outcome outcome, boolean asAsked)
      throws IOException {
    Map<String, byte[]> filled = fill(markers.names());
    boolean holes = markers.any();
    Headers headers =
        writeHead(
            fields.without(Set.of("cache-tag", "cache-status")),
            false,
            holes,
            outcome,
            clock.instant());
    if (holes) {
      headers.remove("Content-Length");
      headers.remove("ETag");
      dropDigests(headers);
    }
    Optional<ByteRange> part =
        asAsked || holes || status != 200 ? Optional.empty() : partOf(fields, length);
    if (part.isPresent()) {
      return beginPart(part.get(), length);
    }
    outer.sendResponseHeaders(status, holes && length > 0 ? 0 : length);
    if (length < 0) {
      return null;
    }
    OutputStream out = outer.getResponseBody();
    return holes ? markers.filling(out, filled, this::cutOff) : out;
  }

  /** The part that was asked for of an answer whose handler was not told. */
  private Optional<ByteRange> partOf(Fields fields, long length) {
    List<String> range = requestLines(RANGE);
    return range.isEmpty()
            || length <= 0
            || length > Integer.MAX_VALUE
            || !outer.getRequestMethod().equals("GET")
            || !Conditions.allowsRange(
                requestLines(IF_RANGE), fields.first("ETag").orElse(""), fields)
        ? Optional.empty()
        : ByteRange.of(range, (int) length);
  }

  private OutputStream beginPart(ByteRange part, long size) throws IOException {
    writePartHead(part, size);
    if (part.length() == 0) {
      outer.sendResponseHeaders(416, -1);
      return OutputStream.nullOutputStream();
    }
    outer.sendResponseHeaders(206, part.length());
    return new PartStream(outer.getResponseBody(), part);
  }

  /** Sees to it that what was sent so far is not taken for the whole by whoever closes it. */
  private void cutOff() {
    outer.setStreams(
        null,
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            close();
          }

          @Override
          public void close() throws IOException {
            throw new IOException("The answer was cut off");
          }
        });
  }

  private Map<String, byte[]> fill(List<String> holes) throws IOException {
    if (holes.isEmpty()) {
      return Map.of();
    }
    Map<String, byte[]> filled = new HashMap<>();
    for (String name : holes) {
      if (!filled.containsKey(name)) {
        HoleFiller filler = fillers.get(name);
        if (filler == null) {
          throw new IllegalStateException(
              "A stored page has the hole \"" + name + "\", for which there is no filler here");
        }
        filled.put(name, filler.fill(outer).getBytes(StandardCharsets.UTF_8));
      }
    }
    return filled;
  }

  private Coding acceptedCoding() {
    List<String> accepted = requestLines(ACCEPT_ENCODING);
    return accepted.isEmpty() || CacheAdvice.forbidsTransforms(requestLines(CACHE_CONTROL))
        ? Coding.IDENTITY
        : Coding.accepted(accepted);
  }

  private Coding coding(Body body) {
    return body.has(Coding.GZIP) ? acceptedCoding() : Coding.IDENTITY;
  }

  private static long age(Page page, Instant now) {
    return Math.max(0, ChronoUnit.SECONDS.between(page.renderedAt(), now));
  }

  private boolean clientHas(String etag, Page page, Outcome outcome, Instant now) {
    List<String> tags = requestLines(IF_NONE_MATCH);
    if (!tags.isEmpty()) {
      return Conditions.matches(tags, etag);
    }
    return isToldByDate(page, outcome)
        && Conditions.isUnchanged(requestLines(IF_MODIFIED_SINCE), page.answer().fields(), now);
  }

  /**
   * Whether a date says which of all answers a client has. It does not where people get different
   * ones: by variant, by what fills the holes, or by a field of the request such as a cookie.
   */
  private boolean isToldByDate(Page page, Outcome outcome) {
    return answerDecides
        && isForEveryone()
        && outcome.who() == Variant.Kind.ANON
        && !page.answer().body().hasHoles()
        && page.answer().fields().members("Vary").stream()
            .allMatch("Accept-Encoding"::equalsIgnoreCase);
  }

  private List<String> requestLines(RareField field) {
    return field.lines(outer.getRequestHeaders());
  }

  private Headers writeHead(
      Fields fields, boolean variesByCoding, boolean hasHoles, Outcome outcome, Instant now) {
    Headers headers = outer.getResponseHeaders();
    Vary vary = new Vary();
    vary.addLines(VARY.lines(headers)); // What others said before.
    vary.addLines(fields.lines("Vary"));
    if (variesByCoding) {
      vary.add("Accept-Encoding");
    }
    fields.forEach(
        (name, lines) -> {
          if (name.equalsIgnoreCase("Set-Cookie")) {
            lines.forEach(line -> headers.add(name, line));
          } else if (!name.equalsIgnoreCase("Vary")) {
            headers.put(name, new ArrayList<>(lines));
          }
        });
    if (answerDecides) {
      adviseWhatTheAnswerCannotKnow(headers, vary, hasHoles);
    } else {
      adviseBrowser(headers, vary);
    }
    if (!vary.isEmpty()) {
      headers.set("Vary", vary.line());
    }
    announce(outcome, now);
    return headers;
  }

  /**
   * What a browser may do with the answer: keep it, but ask each time, because people change. What
   * is never cached here is not kept there either, unless the handler said so.
   */
  private void adviseBrowser(Headers headers, Vary vary) {
    List<String> said = CACHE_CONTROL.lines(headers);
    if (!READS.contains(outer.getRequestMethod())) {
      if (said.isEmpty()) {
        advise(headers, "no-store");
      }
    } else if (named.rule().isPresent() || said.isEmpty()) {
      vary.add("Cookie");
      named.rule().ifPresent(declared -> vary.addAll(declared.headers()));
      advise(headers, CacheAdvice.stricter(said, advice()));
    }
  }

  private String advice() {
    String ask = anonymous ? "no-cache" : "private, no-cache";
    return named.rule().isPresent() ? ask : ask + ", no-store";
  }

  /** Says it to all caches: what tells some of them something else is dropped. */
  private static void advise(Headers headers, String advice) {
    Set<String> others = null;
    for (String name : headers.keySet()) {
      if (CacheAdvice.overrides(name)) {
        others = others == null ? new HashSet<>() : others;
        others.add(name);
      }
    }
    if (others != null) {
      others.forEach(headers::remove);
    }
    headers.set("Cache-Control", advice);
  }

  /**
   * The answer says what other caches may do with it. What it cannot know is added: that people who
   * sign in see something else, and that what they see is theirs.
   */
  private void adviseWhatTheAnswerCannotKnow(Headers headers, Vary vary, boolean hasHoles) {
    if (isForEveryone() && !hasHoles) {
      return;
    }
    vary.add("Cookie");
    if (!anonymous || hasHoles) {
      advise(headers, CacheAdvice.stricter(CACHE_CONTROL.lines(headers), "private, no-cache"));
    }
  }

  private boolean isForEveryone() {
    return named.rule().map(PageRule::audience).equals(Optional.of(Audience.EVERYONE));
  }

  /** Returns how many bytes of the body were sent. */
  private long writeBody(int status, Body body, Coding coding, Map<String, byte[]> filled)
      throws IOException {
    Headers headers = outer.getResponseHeaders();
    if (coding == Coding.GZIP) {
      headers.set("Content-Encoding", "gzip");
    }
    boolean neverHasBody = status == 204 || status == 304;
    long length = neverHasBody ? 0 : body.length(coding, filled);
    if (outer.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Long.toString(length));
      outer.sendResponseHeaders(status, -1);
      outer.close();
      return 0;
    }
    if (length == 0) {
      outer.sendResponseHeaders(status, -1);
      outer.close();
      return 0;
    }
    outer.sendResponseHeaders(status, length);
    try (OutputStream out = outer.getResponseBody()) {
      body.writeTo(out, coding, filled);
    }
    return length;
  }
}
