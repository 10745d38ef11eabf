// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.net.URI;

/** A worker process of this site that serves at this address. */
record LabWorker(long pid, URI address) {
  int port() {
    return address.getPort();
  }

  String name() {
    return "worker " + pid + " :" + port();
  }
}
