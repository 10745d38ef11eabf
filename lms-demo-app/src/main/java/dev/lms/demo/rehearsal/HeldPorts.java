// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.rehearsal;

import dev.lms.demo.config.Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The ports that a site is going to have, before it listens there: else one of the connections that
 * begin meanwhile might be given them. Whoever connects to them is refused.
 */
final class HeldPorts implements AutoCloseable {
  private final List<Socket> sockets = new ArrayList<>();

  /** Those of this site. */
  HeldPorts(Config.Web web) throws IOException {
    try {
      hold(web.host(), web.port());
      if (web.managementPort().isPresent()) {
        hold(web.host(), web.managementPort().getAsInt());
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void hold(String host, int port) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    // Connections of the worker before may linger there.
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(host, port));
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
