// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.util.Optional;

/** Sessions, as a request meets them. */
interface SessionPeer extends AutoCloseable {
  /** What every session of a scenario holds from its beginning. */
  String PERSON = "person";

  /**
   * Somebody signs in.
   *
   * @return what their browser sends from then on
   */
  String begin() throws Exception;

  /** A request comes in with this. */
  Visit open(String id) throws Exception;

  /** One request's look at a session. */
  interface Visit {
    boolean exists();

    Optional<String> get(String name);

    void set(String name, String value);

    /** One more, by the best that this library has for it. */
    void count(String name);

    /** Signs out. */
    void end() throws Exception;

    /** What is done when the handler is done. */
    void finish() throws Exception;
  }
}
