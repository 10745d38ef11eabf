// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.WorkerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers are restarted while people click on, behind nginx and without it: nobody sees an error.
 */
class RollingRestartIT {
  private static final int CLIENTS = 8;

  @TempDir Path folder;

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger answers = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private static URI page(int port) {
    return URI.create("http://127.0.0.1:" + port + "/course/explore");
  }

  /** Until it is over, on connections that stay open: the first of these pages that answers. */
  private void click(List<URI> pages) {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      while (!over.get()) {
        String failure = "";
        for (URI page : pages) {
          failure = ask(client, page);
          if (failure.isEmpty()) {
            break;
          }
        }
        if (failure.isEmpty()) {
          answers.incrementAndGet();
        } else {
          failures.add(failure);
        }
        // The workers need the processors to start.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
  }

  /** What went wrong; empty if nothing did. */
  private static String ask(HttpClient client, URI page) {
    HttpRequest get = HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(30)).build();
    try {
      int status = client.send(get, BodyHandlers.discarding()).statusCode();
      return status == 200 ? "" : page + ": " + status;
    } catch (IOException e) {
      return page + ": " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return page + ": interrupted";
    }
  }

  @Test
  void nobodyIsRefusedBehindNginxOrWithoutIt() throws Exception {
    int port = WorkerProcess.freePorts(2);
    Map<String, String> env =
        Map.of(
            "LMS_PORT", Integer.toString(port),
            "LMS_WORKERS", "2",
            "LMS_DATA_DIR", folder.resolve("data").toString());
    String conf = NginxConf.render("127.0.0.1", port, 2, Duration.ofSeconds(30));
    try (WorkerProcess site = WorkerProcess.serve(env);
        Nginx nginx = Nginx.start(folder, conf, "listen 80;");
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int each = port; each < port + 2; each++) {
        URI livez = URI.create("http://127.0.0.1:" + each + "/livez");
        site.await(() -> WorkerProcess.answers(livez), "an answer of each worker");
      }
      List<Long> before = site.handle().children().map(ProcessHandle::pid).toList();
      URI behind = page(nginx.port());
      // Without nginx, the next port is the first one's once more: it may have come back meanwhile.
      List<URI> direct = List.of(page(port), page(port + 1), page(port));
      for (int i = 0; i < CLIENTS; i++) {
        clients.execute(() -> click(List.of(behind)));
        clients.execute(() -> click(direct));
      }
      WorkerProcess.eventually(() -> answers.get() > CLIENTS * 10, "people click");
      WorkerProcess.Finished restart = WorkerProcess.run(env, "restart");
      int during = answers.get();
      WorkerProcess.eventually(() -> answers.get() > during + CLIENTS * 10, "they click on");
      over.set(true);
      assertEquals(0, restart.exitCode(), restart.errors());
      assertTrue(
          site.handle().children().map(ProcessHandle::pid).noneMatch(before::contains),
          "all workers are new");
      assertEquals(List.of(), failures.stream().distinct().toList());
    } finally {
      over.set(true);
    }
  }
}
