// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.ListenAddress;

/** Whether the site can listen where it is told to. */
final class AddressCheck {
  private static final String NAME = "address";

  private AddressCheck() {}

  static Finding of(Config config) {
    String host = config.web().host();
    return ListenAddress.refusal(host)
        .map(why -> Finding.problem(NAME, "LMS_HOST=" + host + ": " + why, ListenAddress.REMEDY))
        .orElseGet(() -> Finding.ok(NAME, "this machine has " + host));
  }
}
