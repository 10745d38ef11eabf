// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jdbc;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a driver and a PostgreSQL and does what networks do: it loses an answer and the
 * connection with it, when the server has done what it was asked or a moment before; or it swallows
 * answers and says nothing (PostgreSQL, "Frontend/Backend Protocol").
 */
public final class PostgresProxy implements AutoCloseable {
  /** Instead of a protocol's version: a question for encryption, and one to cancel. */
  private static final int SSL = 80877103;

  private static final int GSS = 80877104;

  private final ServerSocket listening;
  private final int target;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicReference<@Nullable Loss> lost = new AtomicReference<>();
  private final Random chance = new Random();
  private final AtomicInteger losses = new AtomicInteger();
  private volatile int lostOneIn;
  private volatile boolean silent;

  /** One in front of what listens on that port of this machine. */
  public PostgresProxy(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** An answer that is lost; {@link #close} lets its asker learn of it. */
  public static final class Loss implements AutoCloseable {
    private final String beginning;
    private final CountDownLatch done = new CountDownLatch(1);
    private final CountDownLatch learnt = new CountDownLatch(1);

    private Loss(String beginning) {
      this.beginning = beginning;
    }

    /** Waits until the server has done what it was asked; false if nobody asked for it in time. */
    public boolean isDone() throws InterruptedException {
      return done.await(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      learnt.countDown();
    }
  }

  /** Loses the answer to the next statement that begins so, and the connection. */
  public Loss loseAnswerTo(String beginning) {
    Loss next = new Loss(beginning);
    lost.set(next);
    return next;
  }

  /**
   * Loses, from now on, the answers to one in so many statements, and the connection with it: some
   * when they are done, some a moment before.
   */
  public void loseAnswers(int oneIn, long seed) {
    chance.setSeed(seed);
    lostOneIn = oneIn;
  }

  /** How many answers were lost by chance. */
  public int losses() {
    return losses.get();
  }

  /** Swallows all answers, and keeps the connections. */
  public void silence(boolean on) {
    silent = on;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        AtomicReference<@Nullable Loss> cut = new AtomicReference<>();
        threads.execute(() -> pump(client, server, () -> questions(client, server, cut)));
        threads.execute(() -> pump(client, server, () -> answers(client, server, cut)));
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

  private void questions(Socket client, Socket server, AtomicReference<@Nullable Loss> cut)
      throws IOException, InterruptedException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
    OutputStream out = server.getOutputStream();
    while (greeting(in, out)) {
      // A refusal to encrypt is followed by another greeting.
    }
    while (true) {
      byte[] message = message(in);
      Loss named = lost.get();
      if (named != null && asks(message, named.beginning) && lost.compareAndSet(named, null)) {
        cut.set(named);
      }
      int oneIn = lostOneIn;
      if (oneIn > 0 && isExecuted(message) && chance.nextInt(oneIn) == 0) {
        losses.incrementAndGet();
        Loss any = new Loss("");
        any.close();
        cut.set(any);
        if (chance.nextBoolean()) {
          client.close();
          Thread.sleep(chance.nextInt(30));
        }
      }
      out.write(message);
      if (in.available() == 0) {
        out.flush();
      }
    }
  }

  /** Whether there is another one to come. */
  private static boolean greeting(DataInputStream in, OutputStream out) throws IOException {
    int length = in.readInt();
    byte[] rest = in.readNBytes(length - Integer.BYTES);
    out.write(ByteBuffer.allocate(length).putInt(length).put(rest).array());
    int code = ByteBuffer.wrap(rest).getInt();
    return code == SSL || code == GSS;
  }

  private static byte[] message(DataInputStream in) throws IOException {
    int type = in.read();
    if (type < 0) {
      throw new EOFException();
    }
    int length = in.readInt();
    ByteBuffer message = ByteBuffer.allocate(1 + length).put((byte) type).putInt(length);
    in.readFully(message.array(), 1 + Integer.BYTES, length - Integer.BYTES);
    return message.array();
  }

  /** A driver may have it parsed once, and name it afterwards: tests prepare nothing on servers. */
  private static boolean asks(byte[] message, String beginning) {
    return message[0] == 'P'
        && new String(message, StandardCharsets.ISO_8859_1).contains("\0" + beginning);
  }

  private static boolean isExecuted(byte[] message) {
    return message[0] == 'E';
  }

  private void answers(Socket client, Socket server, AtomicReference<@Nullable Loss> cut)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[65536];
    InputStream in = server.getInputStream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      Loss loss = cut.get();
      if (loss != null) {
        loss.done.countDown();
        if (!loss.learnt.await(60, TimeUnit.SECONDS)) {
          throw new AssertionError("nobody let it go on");
        }
        return;
      }
      if (!silent) {
        client.getOutputStream().write(buffer, 0, n);
      }
    }
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
