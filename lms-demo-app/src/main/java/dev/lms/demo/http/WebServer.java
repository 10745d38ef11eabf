// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A server of the JDK's API with one context, virtual threads (one for each request, or with
 * another provider one for each connection), and an orderly end.
 */
public final class WebServer {
  private static final int BACKLOG = 1024;
  private static final Duration ARRIVAL = Duration.ofSeconds(1);

  /** Held, because the JDK forgets loggers that nobody holds, with their levels. */
  private static final Logger ROBAHO_LOG = Logger.getLogger("robaho.net.httpserver");

  private final HttpServer server;
  private final ExecutorService executor;
  private final InFlight inFlight;

  private WebServer(HttpServer server, ExecutorService executor, InFlight inFlight) {
    this.server = server;
    this.executor = executor;
    this.inFlight = inFlight;
  }

  /**
   * Sets what the server reads once, when its classes load. Call it first thing in {@code main};
   * afterwards it has no effect.
   *
   * @param provider whose server it is
   * @param requestTimeout how long a request may take to arrive, and how long its answer may take
   *     to leave, in whole seconds and at least one
   * @param connections how many may be open, at work or between requests; more are closed at once
   * @param headerBytes the most that the headers of a request may have; the connection of one with
   *     more is closed. Only for the {@linkplain HttpProvider#boundsHeaders provider that does so}
   */
  public static void prepare(
      HttpProvider provider, Duration requestTimeout, int connections, int headerBytes) {
    String its = provider.properties();
    String seconds = Long.toString(Math.max(1, requestTimeout.toSeconds()));
    // Off by default: Nagle's algorithm and delayed ACKs would hold each page back for 40 ms.
    System.setProperty(its + "nodelay", "true");
    // Unlimited by default: a client that never finishes would hold its thread for ever.
    System.setProperty(its + "maxReqTime", seconds);
    System.setProperty(its + "maxRspTime", seconds);
    // Unlimited by default: headers that never end would fill the heap.
    System.setProperty("jdk.httpserver.maxConnections", Integer.toString(connections));
    // 380 KB by default, which all connections together could not have.
    System.setProperty(its + "maxReqHeaderSize", Integer.toString(headerBytes));
    // 200 by default: more clients than that would find their connections closed.
    System.setProperty(its + "maxIdleConnections", Integer.toString(connections));
    // A refused form is read up to here, so that the client sees the answer and not a reset.
    System.setProperty(its + "drainAmount", Integer.toString(1024 * 1024));
    if (provider == HttpProvider.ROBAHO) {
      // 10 s by default: how often connections are looked at that are past their time.
      System.setProperty(its + "clockTick", "1000");
      // A line or a trace for whatever a client does wrong would fill the log.
      ROBAHO_LOG.setLevel(Level.SEVERE);
    }
  }

  /**
   * Starts serving.
   *
   * @param provider whose server it is
   * @param address port 0 picks a free one
   * @param filters from the outermost to the innermost
   * @throws java.net.BindException when the port is taken
   */
  public static WebServer start(
      HttpProvider provider,
      InetSocketAddress address,
      List<? extends Filter> filters,
      HttpHandler handler)
      throws IOException {
    HttpServer server = provider.create(address, BACKLOG);
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http").factory());
    InFlight inFlight = new InFlight();
    server.setExecutor(executor);
    HttpContext context = server.createContext("/", handler);
    context.getFilters().add(inFlight);
    if (provider == HttpProvider.JDK) {
      context.getFilters().add(new SmallWrites());
    }
    context.getFilters().add(new WellFormed());
    if (provider == HttpProvider.JDK) {
      context.getFilters().add(new EmptyBodies());
    }
    context.getFilters().addAll(filters);
    server.start();
    return new WebServer(server, executor, inFlight);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** From now on every answer asks its client to come back by another connection. */
  public void closeConnections() {
    inFlight.closeConnections();
  }

  /**
   * Stops accepting connections at once, lets requests under way finish for up to {@code timeout},
   * then cuts what is left.
   *
   * @return whether every request finished
   */
  public boolean drain(Duration timeout) {
    inFlight.closeConnections();
    int seconds =
        (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.plusMillis(999).toSeconds()));
    // stop() closes the listening socket first and waits then; it would wait in vain for an
    // exchange that was cut, so the wait is ended by our own count.
    Thread stopping = Thread.ofPlatform().name("http-stop").start(() -> server.stop(seconds));
    boolean finished = false;
    try {
      finished = awaitEnd(stopping, System.nanoTime() + timeout.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stopping.interrupt();
    executor.shutdownNow();
    try {
      stopping.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return finished;
  }

  private boolean awaitEnd(Thread stopping, long deadline) throws InterruptedException {
    while (inFlight.awaitNone(deadline - System.nanoTime())) {
      // A request may be arriving that no thread has begun: the server knows, we do not.
      if (stopping.join(ARRIVAL) || inFlight.isNone()) {
        return true;
      }
    }
    return false;
  }

  /** Counts requests under way. */
  private static final class InFlight extends Filter {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private int count;
    private boolean closing;

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
      if (enter()) {
        exchange.getResponseHeaders().set("Connection", "close");
      }
      try {
        chain.doFilter(exchange);
      } finally {
        leave();
      }
    }

    private boolean enter() {
      lock.lock();
      try {
        count++;
        return closing;
      } finally {
        lock.unlock();
      }
    }

    private void leave() {
      lock.lock();
      try {
        if (--count == 0) {
          none.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    void closeConnections() {
      lock.lock();
      try {
        closing = true;
      } finally {
        lock.unlock();
      }
    }

    boolean isNone() {
      lock.lock();
      try {
        return count == 0;
      } finally {
        lock.unlock();
      }
    }

    boolean awaitNone(long nanos) throws InterruptedException {
      long left = nanos;
      lock.lockInterruptibly();
      try {
        while (count > 0) {
          if (left <= 0) {
            return false;
          }
          left = none.awaitNanos(left);
        }
        return true;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public String description() {
      return "requests under way";
    }
  }
}
