// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.util.List;

/** Whose implementation of the JDK's server API a contender of the JVM runs on. */
enum Provider {
  JDK("sun.net.httpserver."),
  ROBAHO("robaho.net.httpserver.");

  private final String place;

  Provider(String place) {
    this.place = place;
  }

  /** What the JVM is told: who serves, by name, and the same settings for all. */
  List<String> options() {
    return List.of(
        // Any other on the class path would come first.
        "-Dcom.sun.net.httpserver.HttpServerProvider=" + place + "DefaultHttpServerProvider",
        "-D" + place + "nodelay=true",
        "-D" + place + "maxIdleConnections=2000");
  }
}
