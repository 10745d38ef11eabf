// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lms.demo.config.Config;
import dev.lms.demo.wiring.RunningSite;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A page from the cache takes so much memory and no more, the server's own share included, once the
 * JVM has compiled what it does.
 */
class HitCostTest {
  /** What other threads allocate meanwhile makes a few hundred of them. */
  private static final int MOST_BYTES = 28_500;

  private static final byte[] EMPTY_LINE = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HITS = 1000;
  private static final int MOST_ROUNDS = 12;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final byte[] received = new byte[1 << 16];
  private int body;

  @TempDir private Path folder;

  @Test
  void aHitAllocatesLittle() throws Exception {
    Config config =
        Config.read(
            Map.of(
                "LMS_ENV", "testing",
                "LMS_HOST", "127.0.0.1",
                "LMS_PORT", "0",
                "LMS_DATA_DIR", folder.toString(),
                "SECRET_KEY", "a secret for tests, long enough 0001"));
    RunningSite site = startedInSilence(config);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
      byte[] request =
          "GET /course/explore HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII);
      body = lengthOfBody(site);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && least > MOST_BYTES; round++) {
        long before = threads.getTotalThreadAllocatedBytes();
        for (int i = 0; i < HITS; i++) {
          ask(socket, request);
        }
        least = Math.min(least, (threads.getTotalThreadAllocatedBytes() - before) / HITS);
      }
      long bytes = least;
      assertTrue(bytes <= MOST_BYTES, () -> "a hit allocates " + bytes + " bytes");
    } finally {
      site.stop(Duration.ofSeconds(5));
    }
  }

  private static int lengthOfBody(RunningSite site) throws IOException {
    URLConnection page =
        URI.create("http://127.0.0.1:" + site.port() + "/course/explore").toURL().openConnection();
    page.setRequestProperty("Accept-Encoding", "gzip");
    return page.getContentLength();
  }

  /** The log of the site goes to where the output went when it started. */
  private static RunningSite startedInSilence(Config config) throws IOException {
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      return RunningSite.start(config, Plans.small(), App.features(), Map.of());
    } finally {
      System.setOut(out);
    }
  }

  /** Makes no object of the answer. */
  private void ask(Socket socket, byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    InputStream in = socket.getInputStream();
    int end = 0;
    do {
      int read = in.read(received, end, received.length - end);
      assertTrue(read > 0, "the connection was closed");
      end += read;
    } while (!isWhole(end));
  }

  private boolean isWhole(int end) {
    int head = 0;
    while (head < end - 4 && !Arrays.equals(received, head, head + 4, EMPTY_LINE, 0, 4)) {
      head++;
    }
    return end - head - 4 == body;
  }
}
