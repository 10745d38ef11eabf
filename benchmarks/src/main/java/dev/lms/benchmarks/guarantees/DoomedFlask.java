// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.io.IOException;
import java.nio.file.Path;
import redis.clients.jedis.RedisClient;

/** A site on Flask with one worker, which loses Redis in the middle, and finds it again later. */
final class DoomedFlask implements EndlessKey.Doomed {
  private static final int TRIES = 20;

  private final DyingLink link;
  private final FlaskSite site;
  private final int server;

  DoomedFlask(Path folder, int server) throws IOException, InterruptedException {
    this.server = server;
    this.link = new DyingLink(server);
    this.site = new FlaskSite(folder, link.url(), 1);
  }

  @Override
  public SessionPeer dyingAfter(int writes) throws Exception {
    link.live();
    greet();
    link.dieAfter(writes);
    return new FlaskSessions(site, RedisClient.create("127.0.0.1", server));
  }

  /** Until its worker has noticed that its connection is gone, and has another one. */
  private void greet() throws IOException, InterruptedException {
    for (int i = 1; ; i++) {
      try {
        site.client().ask("GET", site.url("/page"), "", "");
        return;
      } catch (IOException e) {
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() {
    site.close();
    link.close();
  }
}
