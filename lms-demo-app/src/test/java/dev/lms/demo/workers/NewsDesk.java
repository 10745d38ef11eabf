// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells {@link NewsWorker}s what their pages say just now. It looks at once and answers when it
 * likes: often only after what it saw was changed and the purge has returned. Sometimes it fails.
 */
final class NewsDesk implements AutoCloseable {
  /** The header with the version of a page. */
  static final String VERSION = "Version";

  private static final Duration LONGEST = Duration.ofMillis(400);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Random random;
  private final ConcurrentMap<String, Integer> versions = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> published = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, AtomicInteger> parked = new ConcurrentHashMap<>();
  private final AtomicInteger overtaken = new AtomicInteger();

  NewsDesk(Random random) {
    this.random = random;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::tell);
    server.start();
  }

  /** The address to be asked by this worker. */
  URI uri(String worker) {
    parked.put(worker, new AtomicInteger());
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + worker + "/");
  }

  /** From now on the page says this. */
  void change(String page, int version) {
    versions.put(page, version);
  }

  /** The purge of this version has returned. */
  void returned(String page, int version) {
    published.merge(page, version, Math::max);
  }

  /** Renders that this worker waits for just now. */
  int parked(String worker) {
    return parked.getOrDefault(worker, new AtomicInteger()).get();
  }

  /** Renders whose text was looked up before a purge and told after it had returned. */
  int overtaken() {
    return overtaken.get();
  }

  private void tell(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getPath().split("/", 3);
    String page = "/" + path[2];
    int version = versions.getOrDefault(page, 0);
    int dice = random.nextInt(100);
    if (dice < 20) {
      park(parked.getOrDefault(path[1], new AtomicInteger()), page, version);
    }
    if (published.getOrDefault(page, 0) > version) {
      overtaken.incrementAndGet();
    }
    exchange.getResponseHeaders().set(VERSION, Integer.toString(version));
    exchange.sendResponseHeaders(dice >= 75 ? 500 : 200, -1);
    exchange.close();
  }

  /** Until the next version is out, but not for ever. */
  private void park(AtomicInteger count, String page, int version) {
    long latest = System.nanoTime() + LONGEST.toNanos();
    count.incrementAndGet();
    try {
      WorkerProcess.eventually(
          () -> published.getOrDefault(page, 0) > version || System.nanoTime() > latest,
          "a parked render goes on");
    } finally {
      count.decrementAndGet();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
