// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Observation;
import dev.lms.pagecache.http.ByteRange;
import dev.lms.pagecache.http.CacheAdvice;
import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Conditions;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.http.PartStream;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.EntityTag;
import dev.lms.pagecache.page.HoleMarkers;
import dev.lms.pagecache.store.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The last step of a request: what its client is sent. Conditions, codings, parts, holes. */
final class Responder {
  private final Inquiry<?> inquiry;
  private final PageRequest request;
  private final PageAnswer answer;
  private final InstantSource clock;
  private final boolean answerDecides;
  private final Observation<Outcome> observation;

  Responder(Inquiry<?> inquiry, PageAnswer answer, Observation<Outcome> observation) {
    this.inquiry = inquiry;
    this.request = inquiry.request();
    this.answer = answer;
    this.clock = inquiry.declared().cache().clock();
    this.answerDecides = inquiry.named().followsRfc9111();
    this.observation = observation;
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
    observation.announced(outcome);
    answer.set("Cache-Status", outcome.cacheStatus(now));
  }

  /**
   * Sends a page that has an entity tag, or says that the client has it already.
   *
   * @return bytes of the body as it was sent
   */
  long send(Page page, Outcome outcome) throws IOException {
    Answer stored = page.unwrap(Answer.class);
    Body body = stored.body();
    Map<String, byte[]> filled = inquiry.fill(body.holes());
    List<String> range = rangeOf(stored);
    Coding coding = range.isEmpty() ? coding(body) : Coding.IDENTITY;
    String etag = etag(page, coding, filled);
    Instant now = clock.instant();
    Head.write(inquiry, answer, stored.fields(), body.has(Coding.GZIP), body.hasHoles());
    announce(outcome, now);
    answer.set("ETag", etag);
    if (coding == Coding.GZIP || body.hasHoles()) {
      Head.dropDigests(answer);
    }
    if (isFromStore(outcome) || !answer.lines("Age").isEmpty()) {
      answer.set("Age", Long.toString(age(page, now)));
    }
    if (stored.status() == 200 && clientHas(etag, page, outcome, now)) {
      answer.remove("Content-Type");
      sendWithoutBody(304);
      return 0;
    }
    if (!range.isEmpty()
        && Conditions.allowsRange(request.lines("If-Range"), etag, stored.fields())) {
      int size = (int) body.length(Coding.IDENTITY, filled);
      Optional<ByteRange> part = ByteRange.of(range, size);
      if (part.isPresent()) {
        return writePart(body, part.get(), size);
      }
    }
    return writeBody(stored.status(), body, coding, filled);
  }

  /** The lines of {@code Range}, where a part of this answer would do. */
  private List<String> rangeOf(Answer whole) {
    boolean mayBePart =
        answerDecides
            && request.method().equals("GET")
            && whole.status() == 200
            && !whole.body().hasHoles();
    return mayBePart ? request.lines("Range") : List.of();
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
        answerDecides && !page.unwrap(Answer.class).body().hasHoles()
            ? page.unwrap(Answer.class).fields().lines("ETag")
            : List.of();
    if (own.isEmpty()) {
      return EntityTag.of(
          page.digest(), page.unwrap(Answer.class).body(), coding, filled, inquiry.isOfAStranger());
    }
    String tag = own.get(0);
    return coding == Coding.GZIP ? EntityTag.ofOtherBytes(tag) : tag;
  }

  /** RFC 9110 section 14. */
  private long writePart(Body body, ByteRange part, int size) throws IOException {
    writePartHead(part, size);
    if (part.length() == 0) {
      sendWithoutBody(416);
      return 0;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream(size);
    body.writeTo(whole, Coding.IDENTITY, Map.of());
    try (OutputStream out = answer.begin(206, part.length())) {
      out.write(whole.toByteArray(), part.from(), part.length());
    }
    return part.length();
  }

  private void writePartHead(ByteRange part, long size) {
    Head.dropDigests(answer);
    answer.remove("Content-Length");
    String bytes = part.length() == 0 ? "*" : part.from() + "-" + (part.from() + part.length() - 1);
    answer.set("Content-Range", "bytes " + bytes + '/' + size);
  }

  /** Sends an answer that was not stored. */
  void send(Answer own, Outcome outcome) throws IOException {
    Map<String, byte[]> filled = inquiry.fill(own.body().holes());
    Answer ready = acceptedCoding() == Coding.GZIP ? own.compressed() : own;
    boolean variesByCoding =
        !answerDecides
            || Answer.isCompressible(own.fields(), own.body().length(Coding.IDENTITY, filled));
    boolean hasHoles = own.body().hasHoles();
    Head.write(inquiry, answer, own.fields(), variesByCoding, hasHoles);
    announce(outcome);
    Coding coding = coding(ready.body());
    List<String> etag = answer.lines("ETag");
    if (hasHoles) {
      answer.remove("ETag");
    } else if (coding == Coding.GZIP && !etag.isEmpty()) {
      answer.set("ETag", EntityTag.ofOtherBytes(etag.get(0)));
    }
    if (hasHoles || coding == Coding.GZIP) {
      Head.dropDigests(answer);
    }
    writeBody(own.status(), ready.body(), coding, filled);
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
    Map<String, byte[]> filled = inquiry.fill(markers.names());
    boolean hasHoles = markers.any();
    Head.write(
        inquiry, answer, fields.without(Set.of("cache-tag", "cache-status")), false, hasHoles);
    announce(outcome);
    if (hasHoles) {
      answer.remove("Content-Length");
      answer.remove("ETag");
      Head.dropDigests(answer);
    }
    Optional<ByteRange> part =
        asAsked || hasHoles || status != 200 ? Optional.empty() : partOf(fields, length);
    if (part.isPresent()) {
      return beginPart(part.get(), length);
    }
    boolean isOfAnyLength = hasHoles && length > 0;
    OutputStream out = answer.begin(status, isOfAnyLength ? PageAnswer.UNKNOWN_LENGTH : length);
    if (length < 0) {
      return null;
    }
    return hasHoles ? markers.filling(out, filled, answer::cutOff) : out;
  }

  /** The part that was asked for of an answer whose handler was not told. */
  private Optional<ByteRange> partOf(Fields fields, long length) {
    List<String> range = request.lines("Range");
    return range.isEmpty()
            || length <= 0
            || length > Integer.MAX_VALUE
            || !request.method().equals("GET")
            || !Conditions.allowsRange(
                request.lines("If-Range"), fields.first("ETag").orElse(""), fields)
        ? Optional.empty()
        : ByteRange.of(range, (int) length);
  }

  private OutputStream beginPart(ByteRange part, long size) throws IOException {
    writePartHead(part, size);
    if (part.length() == 0) {
      OutputStream unused = answer.begin(416, PageAnswer.NO_BODY);
      return OutputStream.nullOutputStream();
    }
    return new PartStream(answer.begin(206, part.length()), part);
  }

  private Coding acceptedCoding() {
    List<String> accepted = request.lines("Accept-Encoding");
    return accepted.isEmpty() || CacheAdvice.forbidsTransforms(request.lines("Cache-Control"))
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
    List<String> tags = request.lines("If-None-Match");
    if (!tags.isEmpty()) {
      return Conditions.matches(tags, etag);
    }
    return isToldByDate(page, outcome)
        && Conditions.isUnchanged(
            request.lines("If-Modified-Since"), page.unwrap(Answer.class).fields(), now);
  }

  /**
   * Whether a date says which of all answers a client has. It does not where people get different
   * ones: by variant, by what fills the holes, or by a field of the request such as a cookie.
   */
  private boolean isToldByDate(Page page, Outcome outcome) {
    return answerDecides
        && Head.isForEveryone(inquiry)
        && outcome.who() == Variant.Kind.ANON
        && !page.unwrap(Answer.class).body().hasHoles()
        && page.unwrap(Answer.class).fields().members("Vary").stream()
            .allMatch("Accept-Encoding"::equalsIgnoreCase);
  }

  /** Returns how many bytes of the body were sent. */
  private long writeBody(int status, Body body, Coding coding, Map<String, byte[]> filled)
      throws IOException {
    if (coding == Coding.GZIP) {
      answer.set("Content-Encoding", "gzip");
    }
    long length = Answer.neverHasBody(status) ? 0 : body.length(coding, filled);
    if (request.method().equals("HEAD")) {
      answer.set("Content-Length", Long.toString(length));
      sendWithoutBody(status);
      return 0;
    }
    if (length == 0) {
      sendWithoutBody(status);
      return 0;
    }
    try (OutputStream out = answer.begin(status, length)) {
      body.writeTo(out, coding, filled);
    }
    return length;
  }

  /** Sends status and header fields, which are all. */
  void sendWithoutBody(int status) throws IOException {
    OutputStream unused = answer.begin(status, PageAnswer.NO_BODY);
    answer.end();
  }
}
