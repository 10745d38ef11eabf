// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request before the request takes a place among those that are handled, so
 * that a client that sends slowly holds up nobody. It has a deadline, and longer only as the body
 * is longer; when it passes, the connection is closed. Of one address only so many bodies arrive at
 * once.
 */
public final class BodyFilter extends Filter implements AutoCloseable {
  /** Kept for whoever handles the request; a longer one is refused there. */
  private static final int KEPT = Request.MAX_FORM_BYTES + 1;

  /** Read and thrown away, so that the client sees the refusal; what is longer is cut. */
  private static final long MOST = 1024 * 1024;

  private static final int LEAST_BYTES_PER_SECOND = 4096;
  private static final int PER_ADDRESS = 64;

  private final Duration patience;
  private final Clients clients;
  private final Map<String, AtomicInteger> arriving = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer;
  private final LongAdder refused = new LongAdder();
  private final LongAdder cut = new LongAdder();

  /**
   * A filter.
   *
   * @param patience how long the shortest body may take
   */
  public BodyFilter(Duration patience, Clients clients) {
    this.patience = patience;
    this.clients = clients;
    this.timer =
        (ScheduledThreadPoolExecutor)
            Executors.newScheduledThreadPool(
                1, Thread.ofPlatform().daemon().name("body-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    String length = SparingFields.first(exchange.getRequestHeaders(), "Content-length");
    long bytes = length == null ? 0 : Long.parseLong(length);
    if (bytes > MOST) {
      throw Refusal.close(
          exchange,
          new HttpProblem(413, "Form too large", "A request may hold at most 1 MiB.", Map.of()));
    }
    if (bytes > 0) {
      exchange.setStreams(new ByteArrayInputStream(arrived(exchange, bytes)), null);
    }
    chain.doFilter(exchange);
  }

  private byte[] arrived(HttpExchange exchange, long bytes) throws IOException {
    String client = clients.of(exchange);
    int already = arriving.compute(client, (address, count) -> plusOne(count)).get();
    try {
      if (already > PER_ADDRESS) {
        refused.increment();
        throw Refusal.close(
            exchange,
            HttpProblem.busy(
                "Too many requests of yours are arriving. Try again in a moment.",
                Duration.ofSeconds(1)));
      }
      return inTime(exchange.getRequestBody(), bytes);
    } finally {
      arriving.computeIfPresent(
          client, (address, count) -> count.decrementAndGet() == 0 ? null : count);
    }
  }

  private static AtomicInteger plusOne(@Nullable AtomicInteger count) {
    AtomicInteger one = count == null ? new AtomicInteger() : count;
    one.incrementAndGet();
    return one;
  }

  /** What comes of a body. */
  private enum State {
    ARRIVING,
    DONE,
    CUT
  }

  private byte[] inTime(InputStream in, long bytes) throws IOException {
    Thread reader = Thread.currentThread();
    AtomicReference<State> state = new AtomicReference<>(State.ARRIVING);
    long millis = patience.toMillis() + bytes * 1000 / LEAST_BYTES_PER_SECOND;
    Future<?> deadline =
        timer.schedule(
            () -> {
              if (state.compareAndSet(State.ARRIVING, State.CUT)) {
                cut.increment();
                // An interrupted virtual thread closes the channel that it reads from.
                reader.interrupt();
              }
            },
            millis,
            TimeUnit.MILLISECONDS);
    try {
      byte[] kept = in.readNBytes(KEPT);
      in.skipNBytes(bytes - kept.length);
      return kept;
    } catch (IOException e) {
      throw state.get() == State.CUT
          ? new NothingToAnswerException("its body took longer than " + millis + " ms")
          : new NothingToAnswerException(e);
    } finally {
      deadline.cancel(false);
      if (!state.compareAndSet(State.ARRIVING, State.DONE)) {
        while (!Thread.interrupted()) {
          Thread.onSpinWait();
        }
      }
    }
  }

  /** Requests whose bodies are arriving now. */
  public int arriving() {
    return arriving.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** Requests that were refused, as too many bodies of one address were arriving. */
  public long refused() {
    return refused.sum();
  }

  /** Bodies that came too slowly: their connections were closed. */
  public long cut() {
    return cut.sum();
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  @Override
  public String description() {
    return "bodies arrive before requests take a place";
  }
}
