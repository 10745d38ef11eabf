// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Finds two workers for whoever wants to experiment, and starts the second one if there is none.
 */
final class Lab {
  private final Colleagues colleagues;
  private final SecondWorker secondWorker;
  private final CrowdedWorker crowded;
  private final Exchange exchange;
  private final SecureRandom random = new SecureRandom();

  Lab(Colleagues colleagues, SecondWorker secondWorker, CrowdedWorker crowded, Exchange exchange) {
    this.colleagues = colleagues;
    this.secondWorker = secondWorker;
    this.crowded = crowded;
    this.exchange = exchange;
  }

  /** The workers that run now. */
  List<LabWorker> workers() {
    return colleagues.live();
  }

  /** Another worker than the one on this port, if one runs. */
  Optional<LabWorker> another(int port) {
    List<LabWorker> all = workers();
    return all.stream()
        .filter(worker -> worker.port() > port)
        .findFirst()
        .or(() -> all.stream().filter(worker -> worker.port() != port).findFirst());
  }

  /** Two workers, and a name of its own for what is begun now. */
  Bench bench() {
    List<LabWorker> workers = workers();
    if (workers.size() < 2) {
      secondWorker.start();
      workers = workers();
    }
    if (workers.size() < 2) {
      throw Exchange.failed("A second worker was started and does not answer.");
    }
    return new Bench(workers.get(0), workers.get(1), exchange, name());
  }

  /** A run of the flicker. */
  Flicker flicker(Cause cause) {
    if (cause != Cause.MORE_WORKERS_THAN_MEMORY) {
      return new Flicker(bench(), cause, Optional.empty());
    }
    LabWorker home = workers().stream().findFirst().orElseThrow(Lab::nobody);
    String run = name();
    crowded.begin(run);
    Bench bench = new Bench(home, crowded.now(run), exchange, run);
    return new Flicker(bench, cause, Optional.of(crowded));
  }

  private static HttpProblem nobody() {
    return Exchange.failed("No worker of this site answers.");
  }

  private String name() {
    byte[] name = new byte[6];
    random.nextBytes(name);
    return HexFormat.of().formatHex(name);
  }
}
