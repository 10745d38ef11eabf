// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way to Redis of a process that dies after so many of its writes: the last one still arrives,
 * nothing after it does.
 */
final class DyingLink implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int NEVER = Integer.MAX_VALUE;

  private final ServerSocket door;
  private final int server;
  private final AtomicInteger left = new AtomicInteger(NEVER);
  private final Collection<Socket> open = new ConcurrentLinkedQueue<>();

  DyingLink(int server) throws IOException {
    this.door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    this.server = server;
    Thread.startVirtualThread(this::accept);
  }

  String url() {
    return "redis://127.0.0.1:" + door.getLocalPort();
  }

  /** From now on only so many writes arrive. */
  void dieAfter(int writes) {
    left.set(writes);
  }

  /** Another process begins, whose writes arrive. */
  void live() {
    left.set(NEVER);
  }

  private void accept() {
    try {
      while (!door.isClosed()) {
        Socket client = door.accept();
        open.add(client);
        if (left.get() <= 0) {
          cut();
          continue;
        }
        Socket redis = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(redis);
        Thread.startVirtualThread(() -> pump(client, redis, true));
        Thread.startVirtualThread(() -> pump(redis, client, false));
      }
    } catch (IOException e) {
      close(); // It is over, or Redis is.
    }
  }

  private void pump(Socket from, Socket to, boolean counts) {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        if (counts && left.decrementAndGet() <= 0) {
          cut();
        }
      }
    } catch (IOException e) {
      // Either side is gone, and the other one with it.
    }
  }

  private void cut() {
    try {
      for (Socket socket : open) {
        socket.close();
      }
      open.clear();
    } catch (IOException e) {
      throw new IllegalStateException("a socket does not close", e);
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket does not close", e);
    }
    cut();
  }
}
