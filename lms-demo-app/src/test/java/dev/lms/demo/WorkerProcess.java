// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The shipped jar as a process of its own: started with an environment of its own, watched, asked
 * over HTTP, and ended by its own id. For integration tests ({@code *IT}), which run after the jar
 * was built.
 *
 * <pre>{@code
 * try (WorkerProcess one = WorkerProcess.serve(env); WorkerProcess two = WorkerProcess.serve(env)) {
 *   client.send(HttpRequest.newBuilder(one.uri("/home")).build(), ...);
 *   two.kill();
 * }
 * }</pre>
 */
public final class WorkerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("^Serving on http://\\S+:(\\d+) ");

  /** How a command ended and what it said. */
  public record Finished(int exitCode, String output, String errors) {}

  private final Process process;
  private final Path scratch;
  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final List<Thread> readers;
  private int port;

  private WorkerProcess(Process process, Path scratch) {
    this.process = process;
    this.scratch = scratch;
    this.readers = List.of(collect(process.inputReader()), collect(process.errorReader()));
  }

  /**
   * Starts {@code serve} on a free port and waits until {@code /livez} answers.
   *
   * @param env all of its {@code LMS_*}, {@code SESSION_*}, … variables: nothing of the kind is
   *     inherited. Without LMS_DATA_DIR it gets an empty folder that is deleted with it; without
   *     CACHE_WARM it warms no pages.
   */
  public static WorkerProcess serve(Map<String, String> env, String... arguments) {
    return serveInside(List.of(), env, arguments);
  }

  /**
   * The same, started by another program.
   *
   * @param before its command, to which the worker's own is added
   */
  public static WorkerProcess serveInside(
      List<String> before, Map<String, String> env, String... arguments) {
    Map<String, String> own = new HashMap<>(env);
    own.putIfAbsent("LMS_PORT", "0");
    WorkerProcess worker = start(command -> join(before, command), own, arguments);
    try {
      worker.await(() -> worker.readyPort() != 0, "the line that says it serves");
      worker.port = worker.readyPort();
      worker.await(() -> answers(worker.uri("/livez")), "an answer on /livez");
      return worker;
    } catch (Throwable e) {
      worker.close();
      throw e;
    }
  }

  /** Starts {@code serve} and waits for nothing. */
  public static WorkerProcess start(Map<String, String> env, String... arguments) {
    return start(UnaryOperator.identity(), env, arguments);
  }

  private static WorkerProcess start(
      UnaryOperator<List<String>> inside, Map<String, String> env, String... arguments) {
    List<String> command = new ArrayList<>(List.of("serve"));
    command.addAll(Arrays.asList(arguments));
    try {
      Path scratch = Files.createTempDirectory("lms-worker");
      return new WorkerProcess(QuickStart.launch(inside, env, scratch, command), scratch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs any command of lmsctl to its end. */
  public static Finished run(Map<String, String> env, String... command) {
    return runWith("", env, command);
  }

  /** Runs any command of lmsctl to its end, with something to read on standard input. */
  public static Finished runWith(String input, Map<String, String> env, String... command) {
    return run(UnaryOperator.identity(), input, env, command);
  }

  /** Runs any command of lmsctl to its end on a terminal, where somebody types. */
  public static Finished runOnTerminal(String typed, Map<String, String> env, String... command) {
    return run(WorkerProcess::onTerminal, typed, env, command);
  }

  private static List<String> onTerminal(List<String> command) {
    return List.of("script", "-qec", String.join(" ", command), "/dev/null");
  }

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static Finished run(
      UnaryOperator<List<String>> inside,
      String input,
      Map<String, String> env,
      String... command) {
    try {
      Path scratch = Files.createTempDirectory("lms-command");
      try {
        Process process = QuickStart.launch(inside, env, scratch, Arrays.asList(command));
        try (Writer standardInput = process.outputWriter()) {
          standardInput.write(input);
        } catch (IOException e) {
          // It has ended without reading.
        }
        Queue<String> errors = new ConcurrentLinkedQueue<>();
        Thread reader = collect(process.errorReader(), errors);
        Queue<String> output = new ConcurrentLinkedQueue<>();
        Thread other = collect(process.inputReader(), output);
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("lmsctl " + List.of(command) + " did not end: " + output);
        }
        reader.join(PATIENCE);
        other.join(PATIENCE);
        return new Finished(process.exitValue(), String.join("", output), String.join("", errors));
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * The first of {@code count} consecutive ports that are free now, below those that the system
   * gives to connections; random ones are not what the test beside this one took.
   */
  public static int freePorts(int count) {
    for (int attempt = 0; attempt < 100; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(10_000, 32_000);
      if (IntStream.range(first, first + count).allMatch(WorkerProcess::isFree)) {
        return first;
      }
    }
    throw new IllegalStateException("no " + count + " consecutive ports are free");
  }

  /** Whether nothing listens on this port. */
  public static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Whether a GET of {@code uri} is answered with 200 just now. Tests ask this often while workers
   * need the processors, so there is no client with threads of its own.
   */
  public static boolean answers(URI uri) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 10_000);
      socket.setSoTimeout(10_000);
      String request =
          "GET "
              + uri.getRawPath()
              + " HTTP/1.1\r\nHost: "
              + uri.getRawAuthority()
              + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return new String(status, StandardCharsets.US_ASCII).endsWith(" 200");
    } catch (IOException e) {
      return false;
    }
  }

  /** Its port; of several workers under one supervisor, that of the first to be ready. */
  public int port() {
    return port;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Its handle, for example to list its children. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** An address on this worker. */
  public URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + port + pathAndQuery);
  }

  /** All it has written so far, both streams. */
  public String output() {
    return String.join("", output);
  }

  /** Waits, for a bounded time, until it has written {@code text}. */
  public void awaitOutput(String text) {
    await(() -> output().contains(text), "the output \"" + text + "\"");
  }

  /** Waits, for a bounded time, until {@code condition} holds; fails early when it has ended. */
  public void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (!process.isAlive() && !condition.getAsBoolean()) {
        awaitEnd();
        throw new AssertionError(
            "ended with " + process.exitValue() + " before " + what + ":\n" + output());
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no " + what + " within " + PATIENCE + ":\n" + output());
      }
      shortly();
    }
  }

  /** Waits, for a bounded time, until {@code condition} holds, whatever this process does. */
  public static void eventually(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE + ": " + what);
      }
      shortly();
    }
  }

  /** SIGTERM; does not wait. */
  public void signalStop() {
    process.destroy();
  }

  /** SIGTERM and wait for the end; returns the exit code. */
  public int terminate() {
    signalStop();
    return awaitEnd();
  }

  /** Stops a process for so long and lets it go on. */
  public static void hold(ProcessHandle process, Duration time) {
    signal(process, "STOP");
    letPass(time);
    signal(process, "CONT");
  }

  /** Waits for so long. */
  public static void letPass(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    eventually(() -> System.nanoTime() > until, "time goes by");
  }

  /** Sends a signal by its name, as {@code kill} does. */
  public static void signal(ProcessHandle to, String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(to.pid())).start();
      if (!kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new AssertionError("kill -" + name + " did not work");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGKILL and wait for the end. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Waits, for a bounded time, for the end and the last output; returns the exit code. */
  public int awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("still running:\n" + output());
      }
      for (Thread reader : readers) {
        // Bounded: a child that lives on may hold the stream open.
        reader.join(Duration.ofSeconds(2));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills it and what it started, if they still run, and deletes its scratch folder. */
  @Override
  public void close() {
    List<ProcessHandle> family =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    family.forEach(ProcessHandle::destroyForcibly);
    eventually(() -> family.stream().noneMatch(ProcessHandle::isAlive), "its processes end");
    delete(scratch);
  }

  private int readyPort() {
    for (String line : output().split("\n", -1)) {
      // A supervisor puts the worker's port before the line.
      Matcher ready = READY.matcher(line.replaceFirst("^\\[\\d+] ", ""));
      if (ready.find()) {
        return Integer.parseInt(ready.group(1));
      }
    }
    return 0;
  }

  private Thread collect(BufferedReader from) {
    return collect(from, output);
  }

  private static Thread collect(BufferedReader from, Queue<String> into) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (from) {
                for (String line = from.readLine(); line != null; line = from.readLine()) {
                  into.add(line + "\n");
                }
              } catch (IOException e) {
                // The process is gone.
              }
            });
  }

  private static void shortly() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A leftover in the temporary folder harms nobody.
    }
  }
}
