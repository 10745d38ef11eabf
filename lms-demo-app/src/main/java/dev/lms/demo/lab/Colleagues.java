// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.cache.Roster;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import java.io.IOException;
import java.util.List;

/** The workers of this site that answer now, whoever started them. Thread-safe. */
final class Colleagues {
  private final Roster roster;
  private final String host;
  private final Exchange exchange;

  Colleagues(Config config, Exchange exchange) {
    this.roster = new Roster(config);
    this.host = config.web().host();
    this.exchange = exchange;
  }

  /** Those that answer, this one among them, by their ports. */
  List<LabWorker> live() {
    return roster.workers().stream()
        .map(worker -> new LabWorker(worker.pid(), Workers.at(host, worker.port())))
        .filter(this::answers)
        .toList();
  }

  private boolean answers(LabWorker worker) {
    try {
      return exchange.whoIs(worker.address()).equals(Long.toString(worker.pid()));
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
