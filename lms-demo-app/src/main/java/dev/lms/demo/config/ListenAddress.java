// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/** Whether a machine can listen on an address, whatever the port. */
public final class ListenAddress {
  /** What to do about an address that it cannot listen on. */
  public static final String REMEDY =
      "use an address of this machine, 127.0.0.1 for this machine only or 0.0.0.0 for all others";

  private ListenAddress() {}

  /** Why it can not; empty if it can. */
  public static Optional<String> refusal(String host) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      return Optional.of("there is no such host");
    }
    try (ServerSocket socket = new ServerSocket(0, 1, address)) {
      socket.getLocalPort();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("this machine cannot listen on it (" + e.getMessage() + ")");
    }
  }

  /**
   * Sees that it can.
   *
   * @throws ConfigException if it can not, in a sentence
   */
  public static void require(String host) {
    refusal(host)
        .ifPresent(
            why -> {
              throw new ConfigException(List.of("LMS_HOST=" + host + ": " + why + "; " + REMEDY));
            });
  }
}
