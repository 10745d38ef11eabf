// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.near;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.session.ChildJvm;
import dev.lms.session.redis.RedisSessionStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.slf4j.Logger;
import redis.clients.jedis.UnifiedJedis;

/** A {@link NearNode} in a process of its own. Thread-safe. */
final class NearProcess implements AutoCloseable {
  /** What is answered where nobody knows whether it was done. */
  static final String UNKNOWN = "?";

  private final Process process;
  private final PrintStream input;
  private final BufferedReader output;
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, CompletableFuture<String>> open = new ConcurrentHashMap<>();

  private NearProcess(Process process) {
    this.process = process;
    this.input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.output = process.inputReader();
  }

  /** Starts one; ready once {@link #awaitReady} has returned. */
  static NearProcess start(String url, double rate) throws IOException {
    List<String> command =
        ChildJvm.command(
            List.of(),
            List.of(
                RedisSessionStore.class, UnifiedJedis.class, GenericObjectPool.class, Logger.class),
            NearNode.class,
            url,
            Double.toString(rate));
    return new NearProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  NearProcess awaitReady() throws IOException {
    assertEquals(NearNode.READY, output.readLine());
    Thread reader = new Thread(this::read, "answers of " + process.pid());
    reader.setDaemon(true);
    reader.start();
    return this;
  }

  private void read() {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        int space = line.indexOf(' ');
        CompletableFuture<String> answer = open.remove(line.substring(0, space));
        if (answer != null) {
          answer.complete(line.substring(space + 1));
        }
      }
    } catch (IOException e) {
      // It was killed.
    } finally {
      process.destroyForcibly().onExit().join();
      open.values().forEach(answer -> answer.complete(UNKNOWN));
    }
  }

  /** Has it do something. Answered when it was done, or the process is dead. */
  CompletableFuture<String> ask(String what, String token, long now, long deadline, Object more) {
    String id = Long.toString(ids.incrementAndGet());
    CompletableFuture<String> answer = new CompletableFuture<>();
    open.put(id, answer);
    input.println(String.join(" ", id, what, token, now + " " + deadline, more.toString()));
    if (!process.isAlive()) {
      answer.complete(UNKNOWN);
    }
    return answer;
  }

  void stop() throws Exception {
    signal("STOP");
  }

  void goOn() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    String pid = Long.toString(process.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  /** Kills it. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
