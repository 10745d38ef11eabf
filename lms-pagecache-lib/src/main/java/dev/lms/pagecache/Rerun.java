// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.audit.ReadLog;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The handler once more, for a {@link PageAudit} and nobody else. */
final class Rerun<E> {
  private static final System.Logger LOG = System.getLogger(Rerun.class.getName());

  private final PageKey key;
  private final ReadLog log = new ReadLog();
  private @Nullable Answer answer;

  /**
   * @param key what the page was asked for under
   */
  Rerun(PageKey key) {
    this.key = key;
  }

  /**
   * Runs it. A handler that fails answers nothing.
   *
   * @throws IOException if what it answers cannot be compared
   */
  void run(Inquiry<E> inquiry, PageHandler<E> handler) throws IOException {
    answer = Answer.NONE;
    PageAnswer nowhere = new LaterRequest.Nowhere();
    KeyedRequest keyed =
        new KeyedRequest(
            inquiry.request(), key, inquiry.keyedHeaders(), Map.of(), inquiry.rule().profile());
    HeldRender render =
        new HeldRender(
            inquiry,
            nowhere,
            Variant.of(key),
            new Responder(inquiry, nowhere, Counters.UNWATCHED),
            keyed,
            new Kept());
    try {
      handler.handle(new Logged(render));
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "The handler failed when it was run once more", e);
      return;
    }
    if (render.finish().isEmpty() && render.isHeld()) {
      answer = render.storable();
    }
  }

  boolean hasRun() {
    return answer != null;
  }

  Answer answer() {
    return answer == null ? Answer.NONE : answer;
  }

  /** What the handler read, and where. */
  List<ReadLog.Read> reads() {
    return log.reads();
  }

  /** An answer is held until it is whole. */
  private static final class Kept implements HeldRender.Fate {
    @Override
    public Optional<Reason> objection(HeldRender begun) {
      return Optional.empty();
    }

    @Override
    public Outcome streams(HeldRender begun) throws IOException {
      throw new IOException("The page is too long to be compared");
    }
  }

  /** A render that notes what its handler reads. */
  private final class Logged implements PageRender {
    private final HeldRender render;

    Logged(HeldRender render) {
      this.render = render;
    }

    @Override
    public PageRequest request() {
      return render.request();
    }

    @Override
    public void reads(String field) {
      log.add("the field " + field);
      render.reads(field);
    }

    @Override
    public void readsAll() {
      log.add("all header fields");
      render.readsAll();
    }

    @Override
    public void readsConnection() {
      log.add("the connection");
      render.readsConnection();
    }

    @Override
    public void readsAttribute(String name) {
      if (!name.equals(PageRender.class.getName())) { // By which adapters find this very render.
        log.add("the attribute " + name);
      }
    }

    @Override
    public void readsPeer() {
      log.add("who is at the other end");
      render.readsPeer();
    }

    @Override
    public void answersElsewhere() {
      render.answersElsewhere();
    }

    @Override
    public String hole(String name) {
      return render.hole(name);
    }

    @Override
    public Variant variant() {
      return render.variant();
    }

    @Override
    public int status() {
      return render.status();
    }

    @Override
    public void begin(int status, Map<String, List<String>> fields, long length)
        throws IOException {
      render.begin(status, fields, length);
    }

    @Override
    public OutputStream body() {
      return render.body();
    }

    @Override
    public void close() {
      render.close();
    }
  }
}
