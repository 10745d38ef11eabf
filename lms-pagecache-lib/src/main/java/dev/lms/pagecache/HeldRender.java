// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.http.PassingFields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.page.HoleMarkers;
import dev.lms.pagecache.policy.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One run of a handler: its answer is held back, or streams when nobody needs it whole. */
final class HeldRender extends KeyedRequest.Reader {
  /** Fields that are the cache's own business, unless it goes by what the answer says. */
  private static final Set<String> OF_THE_CACHE = Set.of("date", "age", "etag");

  /** What becomes of an answer that has begun. */
  interface Fate {
    /** Why it is for this client alone, whatever its body may be; empty if that depends on it. */
    Optional<Reason> objection(HeldRender begun);

    /** Called before it streams; returns what its client is told. */
    Outcome streams(HeldRender begun) throws IOException;
  }

  private final Inquiry<?> inquiry;
  private final PageAnswer answer;
  private final Variant variant;
  private final Responder responder;
  private final HoleMarkers markers;
  private final int cap;

  private final Fate fate;
  private final Held body = new Held();
  private int status = -1;
  private long announced;

  /** The fields as they were when the answer began: later ones are not sent. */
  private Fields fields = Fields.NONE;

  /** Why the answer is for one client alone, if that is known before its body. */
  private Optional<Reason> objection = Optional.empty();

  private boolean objectionAsked;
  private @Nullable Body split;
  private boolean closed;
  private boolean handlerReturned;
  private boolean isHeld;

  /** A handler without a rule may return before another thread has written the rest. */
  private final ReentrantLock turn = new ReentrantLock();

  /** Whether the handler goes on when it has returned, or answers past this. */
  private boolean elsewhere;

  HeldRender(
      Inquiry<?> inquiry,
      PageAnswer answer,
      Variant variant,
      Responder responder,
      @Nullable KeyedRequest keyed,
      Fate fate) {
    super(keyed);
    this.inquiry = inquiry;
    this.answer = answer;
    this.variant = variant;
    this.responder = responder;
    this.markers = new HoleMarkers(inquiry.declared().random());
    this.cap = inquiry.declared().cache().maxPageBytes();
    this.fate = fate;
  }

  @Override
  public PageRequest request() {
    return keyed == null ? inquiry.request() : keyed;
  }

  @Override
  public void answersElsewhere() {
    turn.lock();
    try {
      elsewhere = true;
      objectionAsked = false; // There is one now.
    } finally {
      turn.unlock();
    }
  }

  /** Whether nobody knows when the answer ends. */
  boolean isAnsweredElsewhere() {
    return elsewhere;
  }

  @Override
  public Variant variant() {
    return variant;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public String hole(String name) {
    inquiry.requireFiller(name);
    if (hasBegun()) {
      throw new IllegalStateException(
          "The answer was begun; ask for the hole \"" + name + "\" before its headers are sent");
    }
    return markers.marker(name);
  }

  /** Ends the run of the handler; returns what is wrong with its answer, if it cannot be sent. */
  Optional<String> finish() throws IOException {
    turn.lock();
    try {
      handlerReturned = true;
      boolean goesOn = keyed == null && !isEnded() && !body.isWhole();
      if (hasBegun() && !isUnderWay() && (goesOn || elsewhere)) {
        body.stream(); // Another thread writes the rest.
      }
      isHeld = hasBegun() && !isUnderWay();
      return isUnderWay() || (elsewhere && !hasBegun()) ? Optional.empty() : fault();
    } finally {
      turn.unlock();
    }
  }

  private Optional<String> fault() {
    if (!hasBegun()) {
      return keyed == null
          ? Optional.empty()
          : Optional.of(
              "The handler returned without an answer; on a cached route it answers first");
    }
    if (announced > 0 && body.held.size() < announced) {
      return Optional.of(
          "The handler announced " + announced + " bytes and wrote " + body.held.size());
    }
    if (announced == 0 && !isEnded()) {
      return Optional.of("The handler returned without closing the body of its answer");
    }
    try {
      split();
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  private boolean isEnded() {
    return closed || body.closed;
  }

  /** Whether the handler ended an answer to its client, which is whole and was not sent yet. */
  boolean wasClosedWhole() throws IOException {
    boolean forTheCache = keyed != null && keyed.asksForTheCache() && status == 304;
    return hasBegun()
        && !forTheCache
        && (isEnded() || announced < 0)
        && finish().isEmpty()
        && isHeld;
  }

  /** Sends on what was held back, to be shared with nobody. */
  void leaves() throws IOException {
    Outcome unused = fate.streams(this);
  }

  /** Whether there was an answer that was not sent yet when the handler returned. */
  boolean isHeld() {
    return isHeld;
  }

  /** Whether the answer goes to the client already. */
  boolean isUnderWay() {
    return body.underWay;
  }

  /** Why the answer is known to be for one client alone before its body is. */
  Optional<Reason> objection() {
    if (!objectionAsked && keyed != null) {
      objectionAsked = true;
      objection = fate.objection(this);
    }
    return objection;
  }

  private boolean hasBegun() {
    return status >= 0;
  }

  Fields fields() {
    return fields;
  }

  /** The answer as it may be stored. */
  Answer storable() {
    return new Answer(status, lastingFields(), split());
  }

  /** The answer for this one client, with the tag and age that the handler gave it. */
  Answer ownAnswer() {
    return new Answer(status, PassingFields.dropped(fields, Set.of()), split());
  }

  private Body split() {
    if (split == null) {
      split = markers.split(body.held.toByteArray());
    }
    return split;
  }

  /** The fields that are not about one connection or one answer. */
  Fields lastingFields() {
    return PassingFields.dropped(
        fields, keyed == null || !keyed.answerDecides() ? OF_THE_CACHE : Set.of());
  }

  @Override
  public OutputStream body() {
    return body;
  }

  @Override
  public void begin(int code, Map<String, List<String>> said, long length) throws IOException {
    turn.lock();
    try {
      beginNow(code, new Fields(said), length);
    } finally {
      turn.unlock();
    }
  }

  private void beginNow(int code, Fields said, long length) throws IOException {
    if (hasBegun()) {
      throw new IOException("The headers were already sent");
    }
    long bodyLength = Answer.neverHasBody(code) ? -1 : length;
    markers.requireInBodyOnly(said, bodyLength);
    fields = said;
    status = code;
    announced = bodyLength;
    if (elsewhere || !isWorthHolding() || announced > cap) {
      body.stream();
    }
  }

  /**
   * Whether the answer is of more use whole than as it comes. One that may be stored is. Any other
   * is if it is complete soon, going by its length, and gains by it.
   */
  private boolean isWorthHolding() {
    if (keyed != null && (announced != 0 || objection().isEmpty())) {
      return true;
    }
    return !handlerReturned
        && !inquiry.request().method().equals("HEAD")
        && (markers.any() || responder.wouldCompress(fields, announced));
  }

  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
      boolean abandoned = keyed == null && !hasBegun();
      if (isUnderWay() || abandoned) {
        answer.end();
      }
    } finally {
      turn.unlock();
    }
  }

  /** Holds up to the cap, then streams. */
  private final class Held extends OutputStream {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean underWay;
    private @Nullable OutputStream streamed;
    private boolean closed;

    private void stream() throws IOException {
      Outcome outcome = fate.streams(HeldRender.this);
      underWay = true;
      OutputStream out =
          responder.begin(status, fields, announced, markers, outcome, keyed == null);
      if (out != null) {
        streamed = out;
        if (held.size() > 0) {
          held.writeTo(out);
          held.reset();
        }
        if (isEnded()) {
          out.close();
        }
      }
    }

    /** Whether all that was announced is there, so that there is nothing to wait for. */
    private boolean isWhole() {
      return announced < 0 || (announced > 0 && held.size() == announced);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      turn.lock();
      try {
        writeNow(bytes, offset, length);
      } finally {
        turn.unlock();
      }
    }

    private void writeNow(byte[] bytes, int offset, int length) throws IOException {
      if (!hasBegun()) {
        throw new IOException("The answer was not begun; send its headers before writing the body");
      }
      if (length == 0) {
        return;
      }
      if (streamed == null) {
        if (isEnded()) {
          throw new IOException("The body was closed");
        }
        if (announced < 0 || (announced > 0 && held.size() + (long) length > announced)) {
          throw new IOException("More bytes than announced");
        }
        if (!elsewhere && held.size() + (long) length <= cap) {
          held.write(bytes, offset, length);
          return;
        }
        stream();
      }
      if (streamed != null) {
        streamed.write(bytes, offset, length);
      }
    }

    /** Who flushes what is for one client alone wants it to be there. */
    @Override
    public void flush() throws IOException {
      turn.lock();
      try {
        if (streamed == null && isEnded()) {
          throw new IOException("The body was closed");
        }
        if (hasBegun() && !underWay && !isWhole() && (keyed == null || objection().isPresent())) {
          stream();
        }
        if (streamed != null) {
          streamed.flush();
        }
      } finally {
        turn.unlock();
      }
    }

    @Override
    public void close() throws IOException {
      turn.lock();
      try {
        closed = true;
        if (streamed != null) {
          streamed.close();
        }
      } finally {
        turn.unlock();
      }
    }
  }
}
