// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import dev.lms.session.redis.RedisUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Whether anything listens where a Redis should be, without a client that would ask it. */
final class RedisDoor {
  private static final int PATIENCE_MILLIS = 2_000;

  private RedisDoor() {}

  /** Why nothing does; empty if one of its nodes accepts connections. */
  static Optional<String> closed(RedisUrl url) {
    List<Callable<Boolean>> tries =
        url.nodes().stream().<Callable<Boolean>>map(node -> () -> knock(node)).toList();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      threads.invokeAny(tries, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(why(e.getCause()));
    } catch (TimeoutException e) {
      return Optional.of("no answer within " + PATIENCE_MILLIS + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } finally {
      // Not waited for: looking up a name may take longer, and nothing comes of it any more.
      threads.shutdownNow();
    }
  }

  private static boolean knock(RedisUrl.Node node) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(node.host(), node.port()), PATIENCE_MILLIS);
      return socket.isConnected();
    }
  }

  private static String why(@Nullable Throwable failure) {
    return failure instanceof UnknownHostException
        ? "there is no host " + failure.getMessage()
        : failure instanceof IOException
            ? String.valueOf(failure.getMessage())
            : String.valueOf(failure);
  }
}
