// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A process that asks for the key from several threads at once and prints what each got. */
final class KeyPrinter {
  private KeyPrinter() {}

  public static void main(String[] args) throws Exception {
    int threads = 4;
    CyclicBarrier start = new CyclicBarrier(threads);
    System.in.read();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<String>> keys = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        keys.add(
            executor.submit(
                () -> {
                  start.await();
                  return new SecretKeyFile(Path.of(args[0])).readOrCreate().signing();
                }));
      }
      for (Future<String> key : keys) {
        System.out.println(key.get());
      }
    }
  }
}
