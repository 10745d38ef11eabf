// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogWriterTest {

  @Test
  void linesOfManyThreadsAllArriveWholeAndEachInItsOrder() throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (LogWriter log = new LogWriter(new PrintStream(out, false, StandardCharsets.UTF_8))) {
      List<Thread> threads =
          List.of("a", "b", "c", "d").stream()
              .map(
                  name ->
                      Thread.ofVirtual()
                          .start(
                              () -> {
                                for (int i = 1000; i < 2000; i++) {
                                  log.write(name + " says " + i);
                                }
                              }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(4000, lines.size());
    for (String name : List.of("a", "b", "c", "d")) {
      List<String> own = lines.stream().filter(line -> line.startsWith(name)).toList();
      assertEquals(own.stream().sorted().toList(), own);
      assertEquals(1000, own.size());
    }
  }

  /** A line after a rest is written without another that pushes it. */
  @Test
  void aLineIsNotLeftLying() throws Exception {
    Set<Integer> written = new HashSet<>();
    CountDownLatch two = new CountDownLatch(2);
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void flush() {
            if (written.add(size())) {
              two.countDown();
            }
          }
        };
    try (LogWriter log = new LogWriter(new PrintStream(out, false, StandardCharsets.UTF_8))) {
      log.write("first");
      while (two.getCount() == 2) {
        Thread.onSpinWait();
      }
      log.write("second");
      assertTrue(two.await(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void whoeverReadsNothingHoldsUpNobody() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) {
            try {
              read.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (LogWriter log = new LogWriter(new PrintStream(stuck, false, StandardCharsets.UTF_8))) {
      for (int i = 0; i < 20_000; i++) {
        log.write("line " + i);
      }
      assertTrue(log.dropped() > 0, "a bounded number waits");
      read.countDown();
    }
  }
}
