// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a Redis and does what networks do: it stops before the command it is
 * told to, even in the middle of a pipeline; it loses an answer and the connection with it, after
 * Redis has done what it was asked; it is slow; it leads elsewhere than before.
 */
public final class ParkingProxy implements AutoCloseable {
  /** What a connection says before it works is not counted. */
  private static final Set<String> GREETINGS = Set.of("HELLO", "CLIENT", "AUTH", "SELECT", "PING");

  /** A stop before one command. */
  public static final class Stop {
    private int commandsToGo;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private Stop(int commandsToGo) {
      this.commandsToGo = commandsToGo;
    }

    private synchronized boolean isNow() {
      return commandsToGo-- == 0;
    }

    private synchronized boolean isAhead() {
      return commandsToGo >= 0;
    }

    /** False if what ran had fewer commands; call it with what says that it is over. */
    public boolean isReachedBefore(java.util.concurrent.Future<?> over)
        throws InterruptedException {
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!reached.await(1, TimeUnit.MILLISECONDS)) {
        if (over.isDone()) {
          return reached.getCount() == 0;
        }
        if (System.nanoTime() > giveUp) {
          throw new AssertionError("neither parked nor done");
        }
      }
      return true;
    }

    public void release() {
      released.countDown();
    }
  }

  private final ServerSocket listening;
  private volatile int target;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
  private final AtomicReference<@Nullable String> lost = new AtomicReference<>();
  private final Random chance = new Random();
  private final AtomicInteger losses = new AtomicInteger();
  private volatile int lostOneIn;
  private volatile long delayMillis;

  /** One in front of what listens on that port of this machine. */
  public ParkingProxy(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Where clients find Redis. */
  public String url() {
    return "redis://127.0.0.1:" + port();
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** From now on new connections lead to another server, as when a name or an address moves. */
  public void leadTo(int port) {
    target = port;
  }

  /** Loses the answer to the next command of that name, and the connection. */
  public void loseAnswerTo(String command) {
    lost.set(command);
  }

  /** Whether that has happened. */
  public boolean hasLost() {
    return lost.get() == null;
  }

  /**
   * Loses, from now on, the answers to one in so many commands, and the connection with it: some
   * when Redis has done what it was asked, some a moment before it learns of it.
   */
  public void loseAnswers(int oneIn, long seed) {
    chance.setSeed(seed);
    lostOneIn = oneIn;
  }

  /** How many answers were lost by chance. */
  public int losses() {
    return losses.get();
  }

  /** Keeps every answer back for so long. */
  public void delayAnswers(Duration by) {
    delayMillis = by.toMillis();
  }

  /**
   * Lets so many commands pass and parks the next one. Redis has run those that pass before the
   * stop is reached, also if all of them came in one pipeline.
   */
  public Stop stopAfter(int commands) {
    Stop next = new Stop(commands);
    stop.set(next);
    return next;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        AtomicBoolean cut = new AtomicBoolean();
        Semaphore answered = new Semaphore(0);
        threads.execute(() -> pump(client, server, () -> commands(client, server, cut, answered)));
        threads.execute(() -> pump(client, server, () -> answers(client, server, cut, answered)));
      } catch (IOException e) {
        return;
      }
    }
  }

  private interface Pump {
    void run() throws IOException, InterruptedException;
  }

  private static void pump(Socket client, Socket server, Pump pump) {
    try (client;
        server) {
      pump.run();
    } catch (IOException e) {
      // One side hung up.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void commands(Socket client, Socket server, AtomicBoolean cut, Semaphore answered)
      throws IOException, InterruptedException {
    InputStream in = new BufferedInputStream(client.getInputStream());
    OutputStream out = server.getOutputStream();
    while (true) {
      Command command = read(in);
      Stop current = stop.get();
      if (current != null && !GREETINGS.contains(command.name()) && current.isNow()) {
        current.reached.countDown();
        if (!current.released.await(60, TimeUnit.SECONDS)) {
          throw new AssertionError("nobody released a parked command");
        }
      }
      String name = lost.get();
      if (command.name().equals(name) && lost.compareAndSet(name, null)) {
        cut.set(true);
      }
      int oneIn = lostOneIn;
      if (oneIn > 0 && !GREETINGS.contains(command.name()) && chance.nextInt(oneIn) == 0) {
        losses.incrementAndGet();
        cut.set(true);
        if (chance.nextBoolean()) {
          client.close();
          Thread.sleep(chance.nextInt(30));
        }
      }
      answered.drainPermits();
      out.write(command.bytes().toByteArray());
      out.flush();
      if (current != null && current.isAhead() && !answered.tryAcquire(60, TimeUnit.SECONDS)) {
        throw new AssertionError("no answer to a command before the stop");
      }
    }
  }

  private void answers(Socket client, Socket server, AtomicBoolean cut, Semaphore answered)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[65536];
    InputStream in = server.getInputStream();
    for (int n = in.read(buffer); n >= 0 && !cut.get(); n = in.read(buffer)) {
      if (delayMillis > 0) {
        Thread.sleep(delayMillis);
      }
      answered.release();
      client.getOutputStream().write(buffer, 0, n);
    }
  }

  private record Command(String name, ByteArrayOutputStream bytes) {}

  /** An array of bulk strings (the Redis protocol, "Sending commands to a Redis server"). */
  private static Command read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int parts = number(in, bytes);
    String name = "";
    for (int i = 0; i < parts; i++) {
      int length = number(in, bytes);
      byte[] part = in.readNBytes(length + 2);
      bytes.writeBytes(part);
      if (i == 0) {
        name = new String(part, 0, length, StandardCharsets.US_ASCII).toUpperCase(Locale.ROOT);
      }
    }
    return new Command(name, bytes);
  }

  private static int number(InputStream in, ByteArrayOutputStream bytes) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      bytes.write(c);
      line.append((char) c);
    }
    bytes.write('\n');
    return Integer.parseInt(line.substring(1).strip());
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.shutdownNow();
    }
  }
}
