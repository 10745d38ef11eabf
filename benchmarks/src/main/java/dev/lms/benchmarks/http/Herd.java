// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many clients that ask for the same page at the same moment, each on a connection of its own. */
record Herd(int size) {
  /** How long it takes until the last one has its answer. */
  Duration ask(int port, String path) throws IOException, InterruptedException {
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    CountDownLatch connected = new CountDownLatch(size);
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> answers = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        answers.add(
            clients.submit(
                () -> {
                  try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    connected.countDown();
                    go.await();
                    exchange(socket, request);
                  } finally {
                    connected.countDown();
                  }
                  return null;
                }));
      }
      connected.await();
      long start = System.nanoTime();
      go.countDown();
      for (Future<?> answer : answers) {
        answer.get();
      }
      return Duration.ofNanos(System.nanoTime() - start);
    } catch (ExecutionException e) {
      throw new IOException("A client of the herd failed", e);
    }
  }

  private static void exchange(Socket socket, byte[] request) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(request);
    out.flush();
    try (InputStream in = socket.getInputStream()) {
      String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      if (!answer.startsWith("HTTP/1.1 200")) {
        throw new IOException("Expected a page, got: " + answer.lines().findFirst().orElse(""));
      }
    }
  }
}
