// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The browser that this desktop opens addresses with. */
final class WebBrowser {
  private static final List<List<String>> OPENERS =
      List.of(
          List.of("xdg-open"), List.of("open"), List.of("rundll32", "url.dll,FileProtocolHandler"));

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofMillis(200);

  private WebBrowser() {}

  /** Opens an address as soon as somebody listens there, if that is within a minute. */
  static void openOnceServing(URI address) {
    Thread.startVirtualThread(
        () -> {
          long end = System.nanoTime() + PATIENCE.toNanos();
          while (System.nanoTime() - end < 0) {
            try (Socket socket = new Socket(address.getHost(), address.getPort())) {
              open(address);
              return;
            } catch (IOException e) {
              LockSupport.parkNanos(RETRY.toNanos());
            }
          }
        });
  }

  /** Opens an address, or says that somebody has to. */
  static void open(URI address) {
    for (List<String> opener : OPENERS) {
      ProcessBuilder command = new ProcessBuilder(new ArrayList<>(opener));
      command.command().add(address.toString());
      command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      try {
        command.start();
        return;
      } catch (IOException e) {
        // Another system's: the next.
      }
    }
    System.err.println("Found no browser to open; go to " + address);
  }
}
