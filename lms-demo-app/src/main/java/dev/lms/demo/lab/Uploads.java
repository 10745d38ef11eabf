// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What people send, held in memory until all of it has come, as many programs do. Only a worker
 * that has stepped aside does so, and never for more than it was made for. Thread-safe.
 */
final class Uploads {
  private static final int MOST_MB = 16;

  private final Gates gates;
  private final AtomicBoolean aside = new AtomicBoolean();
  private final Semaphore room = new Semaphore(CrowdedWorker.UPLOADS);
  private final Collection<byte[]> held = new ConcurrentLinkedQueue<>();

  Uploads(Gates gates) {
    this.gates = gates;
  }

  /** Whether this worker is there for one experiment, and is left alone by all others. */
  boolean aside() {
    return aside.get();
  }

  void stepAside(Request request) throws IOException {
    aside.set(true);
    request.text(200, "done");
  }

  void hold(Request request) throws IOException {
    int megabytes = Integer.parseInt(request.form().get("megabytes").orElse("0"));
    if (!aside() || megabytes > MOST_MB || !room.tryAcquire()) {
      throw HttpProblem.notFound();
    }
    try {
      byte[] upload = new byte[megabytes << 20];
      held.add(upload);
      try {
        gates.pass(request.form().get("gate").orElse(""));
      } finally {
        held.remove(upload);
      }
      request.text(200, "stored");
    } finally {
      room.release();
    }
  }
}
