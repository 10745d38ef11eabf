// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import dev.lms.demo.workers.PageHistory.Version;
import dev.lms.session.redis.server.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P1 in random histories of pages that are nearly always stale: on three {@link NewsWorker}s, whose
 * renders are parked until a purge has overtaken them, read by GET, HEAD and conditional requests,
 * purged by tag, path, folder and unsafe method, rendered in the background and by warming, while
 * workers and Redis are stopped and continued, a worker is killed as it renders, and Redis forgets.
 */
class NewsHistoryIT {
  private static final int WORKERS = 3;
  private static final int READERS = 5;
  private static final List<String> PAGES = List.of("/news/a", "/news/b", "/news/c");

  private static final List<String> TO_BE_MET =
      List.of("fresh", "stale", "stale instead of an error", "HEAD", "304", "overtaken", "warmed");

  /** Purges of one page; the first is the unsafe method. */
  private static final List<String> NARROW = List.of("", "/purge?tag=", "/purge?path=");

  /** Purges of all pages. */
  private static final List<String> WIDE = List.of("/purge?folder=", "/purge?all=");

  @Test
  void nothingIsSeenFromBeforeAPurge(@TempDir Path folder) throws Exception {
    new Run(true, folder, 400, Seed.next()).judge();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("long")
  void nothingIsSeenFromBeforeAPurgeForLong(boolean redis, @TempDir Path folder) throws Exception {
    for (int round = 0; round < 3; round++) {
      new Run(redis, folder, 10_000, Seed.next()).judge();
    }
  }

  private static <T> T anyOf(List<T> some, Random random) {
    return some.get(random.nextInt(some.size()));
  }

  /** A running {@link NewsWorker}. */
  private record Worker(String name, Process process, URI uri) {
    static Worker start(String name, NewsDesk desk, String redis, Path purges) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Dsun.net.httpserver.nodelay=true",
                  "-cp",
                  System.getProperty("java.class.path"),
                  NewsWorker.class.getName(),
                  desk.uri(name).toString(),
                  redis,
                  purges.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      // Not closed: it ends when nobody can tell it to.
      BufferedReader output = process.inputReader();
      return new Worker(name, process, URI.create("http://127.0.0.1:" + output.readLine()));
    }
  }

  private static final class Run {
    private final boolean withRedis;
    private final Path folder;
    private final int reads;
    private final long seed;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Those alive. */
    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    private final Queue<Version> published = new ConcurrentLinkedQueue<>();
    private final Queue<Version> seen = new ConcurrentLinkedQueue<>();
    private final ConcurrentMap<String, AtomicInteger> met = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final NewsDesk desk;

    Run(boolean withRedis, Path folder, int reads, long seed) {
      this.withRedis = withRedis;
      this.folder = folder;
      this.reads = reads;
      this.seed = seed;
      this.desk = new NewsDesk(new Random(seed));
    }

    void judge() throws Exception {
      System.out.println((withRedis ? "near copies: " : "in process: ") + Seed.sentence(seed));
      Optional<RedisServer> redis = withRedis ? Optional.of(RedisServer.start()) : Optional.empty();
      try {
        for (int i = 0; i < WORKERS; i++) {
          workers.add(
              Worker.start(
                  "worker" + i,
                  desk,
                  redis.map(RedisServer::url).orElse(""),
                  folder.resolve("purges")));
        }
        act(redis);
        missing();
      } finally {
        workers.forEach(worker -> worker.process().destroyForcibly());
        redis.ifPresent(RedisServer::close);
        desk.close();
        client.close();
      }
      System.out.printf(
          "published %d versions, seen %d times, %d renders overtaken; met %s%n",
          published.size(), seen.size(), desk.overtaken(), met);
      assertEquals(List.of(), new PageHistory(published, seen).violations(), Seed.sentence(seed));
      assertTrue(isEnough(), "too few to prove much");
      assertEquals(List.of(), missing(), "never met, so this run proves little");
    }

    private void act(Optional<RedisServer> redis) throws Exception {
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        List<Future<?>> actors = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          Random random = new Random(seed + i);
          actors.add(threads.submit(() -> read(random)));
        }
        for (int i = 0; i < PAGES.size(); i++) {
          String page = PAGES.get(i);
          Random random = new Random(seed - 2 - i);
          actors.add(threads.submit(() -> change(page, random)));
        }
        new Disturbance(redis).go(new Random(seed - 1));
        for (Future<?> actor : actors) {
          actor.get(10, TimeUnit.MINUTES);
        }
      }
    }

    /** For a while; longer while that would prove little, but not for ever. */
    private boolean goesOn() {
      return asked.get() < reads
          || (asked.get() < 10 * reads && !(isEnough() && missing().isEmpty()));
    }

    private boolean isEnough() {
      return seen.size() > reads / 2 && published.size() > reads / 20;
    }

    private List<String> missing() {
      if (!met.containsKey("overtaken")) {
        count("overtaken", desk.overtaken());
      }
      if (!met.containsKey("warmed")) {
        count("warmed", warmed());
      }
      List<String> missing = new ArrayList<>(TO_BE_MET);
      missing.removeAll(met.keySet());
      return missing;
    }

    private void count(String what, int more) {
      if (more > 0) {
        met.computeIfAbsent(what, first -> new AtomicInteger()).addAndGet(more);
      }
    }

    private int warmed() {
      return workers.stream()
          .map(worker -> send(HttpRequest.newBuilder(worker.uri().resolve("/warmed"))))
          .flatMap(Optional::stream)
          .mapToInt(answer -> Integer.parseInt(answer.body()))
          .sum();
    }

    /** What a reader has of a page. */
    private record Held(String tag, int version) {}

    private void read(Random random) {
      Map<String, Held> held = new HashMap<>();
      while (goesOn()) {
        asked.incrementAndGet();
        String page = anyOf(PAGES, random);
        Worker worker = anyOf(List.copyOf(workers), random);
        int dice = random.nextInt(4);
        HttpRequest.Builder request = HttpRequest.newBuilder(worker.uri().resolve(page));
        if (dice == 0) {
          request.HEAD();
        } else if (dice == 1 && held.containsKey(page)) {
          request.header("If-None-Match", held.get(page).tag());
        }
        long start = System.nanoTime();
        send(request)
            .ifPresent(
                answer -> {
                  Optional<Held> now = held(answer, held.get(page));
                  now.ifPresent(what -> see(page, what.version(), start, answer));
                  if (answer.headers().firstValue("ETag").isPresent()) {
                    now.ifPresent(what -> held.put(page, what));
                  }
                });
      }
    }

    /** What is in the reader's hands after this answer. */
    private static Optional<Held> held(HttpResponse<String> answer, @Nullable Held before) {
      if (answer.statusCode() == 304) {
        return Optional.ofNullable(before);
      }
      return answer.statusCode() == 200
          ? answer
              .headers()
              .firstValue(NewsDesk.VERSION)
              .map(
                  version ->
                      new Held(
                          answer.headers().firstValue("ETag").orElse(""),
                          Integer.parseInt(version)))
          : Optional.empty();
    }

    private void see(String page, int version, long start, HttpResponse<String> answer) {
      String status = answer.headers().firstValue("Cache-Status").orElse("");
      String method = answer.request().method();
      seen.add(
          new Version(
              page,
              version,
              start,
              System.nanoTime(),
              method + " " + answer.uri() + ": " + answer.statusCode() + ", " + status));
      boolean hit = status.startsWith("lms; hit");
      boolean stale = status.startsWith("lms; hit; ttl=-");
      count(stale ? "stale" : "fresh", hit ? 1 : 0);
      count("stale instead of an error", status.matches("lms; fwd=stale; .*/error") ? 1 : 0);
      count("HEAD", method.equals("HEAD") && hit ? 1 : 0);
      count("304", answer.statusCode() == 304 ? 1 : 0);
    }

    private Optional<HttpResponse<String>> send(HttpRequest.Builder request) {
      try {
        return Optional.of(
            client.send(request.timeout(Duration.ofMinutes(1)).build(), BodyHandlers.ofString()));
      } catch (IOException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }

    /** One author for each page, so that its versions have an order. */
    private void change(String page, Random random) {
      for (int version = 1; goesOn(); version++) {
        desk.change(page, version);
        Worker worker = anyOf(List.copyOf(workers), random);
        String target = random.nextInt(6) == 0 ? anyOf(WIDE, random) : anyOf(NARROW, random);
        long start = System.nanoTime();
        Optional<HttpResponse<String>> answer =
            send(
                HttpRequest.newBuilder(worker.uri().resolve(target + page))
                    .POST(BodyPublishers.noBody()));
        if (answer.filter(a -> a.statusCode() == 204).isPresent()) {
          published.add(new Version(page, version, start, System.nanoTime(), target + page));
          desk.returned(page, version);
        }
        int next = asked.get() + random.nextInt(40);
        WorkerProcess.eventually(() -> asked.get() > next || !goesOn(), "the readers go on");
      }
    }

    /** What happens to those who serve. */
    private final class Disturbance {
      private final Optional<RedisServer> redis;

      Disturbance(Optional<RedisServer> redis) {
        this.redis = redis;
      }

      void go(Random random) {
        int steps = Math.max(12, reads / 100);
        for (int step = 1; step < steps; step++) {
          int due = reads / steps * step;
          WorkerProcess.eventually(() -> asked.get() >= due, "the readers go on");
          if (step == steps / 2) {
            killAsItRenders(workers.get(0));
          } else if (redis.isPresent() && random.nextInt(3) == 0) {
            WorkerProcess.hold(redis.get().process(), shortTime(random));
          } else if (redis.isPresent() && random.nextInt(3) == 0) {
            PageHistoryIT.forget(redis.get(), random);
          } else {
            Worker worker = anyOf(workers, random);
            WorkerProcess.hold(worker.process().toHandle(), shortTime(random));
          }
        }
      }

      private void killAsItRenders(Worker worker) {
        WorkerProcess.eventually(() -> desk.parked(worker.name()) > 0, "a render is parked");
        workers.remove(worker);
        worker.process().destroyForcibly();
        WorkerProcess.eventually(() -> !worker.process().isAlive(), "it is gone");
      }

      private static Duration shortTime(Random random) {
        return Duration.ofMillis(50 + random.nextInt(250));
      }
    }
  }
}
