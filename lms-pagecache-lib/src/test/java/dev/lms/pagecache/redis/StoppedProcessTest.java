// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** Processes of which one is stopped while it has a lease, and another purges and ends. */
class StoppedProcessTest {
  private static final PageKey KEY = key("/a");

  /** A node with near copies, which does what it is told. */
  static final class Node {
    private Node() {}

    public static void main(String[] arguments) throws IOException {
      InstantSource clock = InstantSource.system();
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      try (RedisClient client = RedisProcess.client(Integer.parseInt(arguments[0]))) {
        RedisPageStore far = new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, clock);
        if (arguments.length > 1) {
          System.out.println("ready");
          in.readLine();
          far.purge(List.of("t"));
          System.out.println("purged");
          return;
        }
        try (NearPageStore near = NearPageStore.over(far, 1 << 20, clock)) {
          System.out.println("ready");
          while (in.readLine() != null) {
            System.out.println(visit(near, clock.instant()));
          }
        }
      }
    }

    /** A node on which Redis's answer waits to be read may refuse, and serves nothing. */
    private static String visit(NearPageStore near, Instant now) {
      try {
        PageStore.Lookup found = near.lookup(KEY, Stamp.NONE);
        if (found instanceof PageStore.Miss miss) {
          near.store(KEY, page(KEY, "x", now, "t"), miss.stamp());
          return "miss";
        }
        return "hit";
      } catch (PageStoreException e) {
        return "refused";
      }
    }
  }

  /** A running {@link Node}. */
  private static final class Peer implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;

    Peer(String... arguments) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-cp",
              System.getProperty("java.class.path"),
              Node.class.getName());
      builder.command().addAll(List.of(arguments));
      process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      out = process.inputReader(StandardCharsets.UTF_8);
      in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
      assertEquals("ready", read());
    }

    private String read() throws IOException {
      String line = out.readLine();
      assertNotNull(line, "the process ended");
      return line;
    }

    String asked() throws IOException {
      in.println("go");
      return read();
    }

    /** What it finds once it no longer refuses. */
    String found() throws Exception {
      AtomicReference<String> found = new AtomicReference<>();
      RedisProcess.await(
          "an answer that is no refusal",
          () -> {
            try {
              found.set(asked());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return !"refused".equals(found.get());
          });
      return found.get();
    }

    void signal(String name) throws Exception {
      String pid = Long.toString(process.pid());
      assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
    }

    @Override
    public void close() {
      in.close();
      process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  @Test
  @Timeout(120)
  void whatAProcessThatJustStartedPurgesIsGoneFromOneThatWasStopped(@TempDir Path folder)
      throws Exception {
    try (RedisProcess redis = new RedisProcess(folder);
        Jedis admin = redis.admin();
        Peer running = new Peer(Integer.toString(redis.port()));
        Peer fresh = new Peer(Integer.toString(redis.port()), "once")) {
      assertEquals("miss", running.found());
      RedisProcess.await(
          "it says that the epoch is settled",
          () -> admin.hexists("cache:{pages}:nodes", "settled"));
      // Who is first to ask a new server, and who renews the lease, may each begin an epoch: then
      // the page was lost, and is stored once more.
      while (!"hit".equals(running.found())) {
        Thread.onSpinWait();
      }
      running.signal("STOP");
      try {
        assertEquals("purged", fresh.asked());
      } finally {
        running.signal("CONT");
      }
      assertEquals("miss", running.found());
    }
  }
}
