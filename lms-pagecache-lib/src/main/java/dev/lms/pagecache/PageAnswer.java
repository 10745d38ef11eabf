// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;

/**
 * The response of a server, as its adapter shows it to the cache. Filters in front of the cache may
 * have set header fields already; they stay unless the cache replaces them. Used by one thread at a
 * time.
 */
public interface PageAnswer {
  /** The length of an answer without a body. */
  long NO_BODY = -1;

  /** The length of a body that is not known yet. */
  long UNKNOWN_LENGTH = 0;

  /** {@return the names of the header fields so far, in any case; the cache only reads them} */
  Set<String> names();

  /**
   * {@return the lines of a header field so far, in order; empty if there is none} Every hit asks,
   * mostly for fields that are absent.
   *
   * @param name the field's name, in any case
   */
  List<String> lines(String name);

  /**
   * Replaces all lines of a header field by one.
   *
   * @param name the field's name
   * @param line the new line
   */
  void set(String name, String line);

  /**
   * Replaces all lines of a header field.
   *
   * @param name the field's name
   * @param lines the new lines, which the adapter copies
   */
  void replace(String name, List<String> lines);

  /**
   * Adds a line to a header field.
   *
   * @param name the field's name
   * @param line the line to add after the others
   */
  void add(String name, String line);

  /**
   * Removes a header field.
   *
   * @param name the field's name
   */
  void remove(String name);

  /**
   * Sends status and header fields.
   *
   * @param status the status code
   * @param length the length of the body in bytes, {@link #NO_BODY} or {@link #UNKNOWN_LENGTH}
   * @return where the body goes; closing it ends the answer
   * @throws IOException if the client has disconnected
   */
  OutputStream begin(int status, long length) throws IOException;

  /** Ends the answer, even if it has no body or was never begun. */
  void end();

  /** Aborts the answer, so that nobody takes what was sent so far for a complete one. */
  void cutOff();
}
