// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * One run of a handler, as the adapter of a server sees it: what the handler may know of the
 * request, and where it answers. The cache holds the answer back until it is complete, unless
 * nobody needs the whole of it. A handler without a rule may return before another thread has
 * written the rest of its answer.
 *
 * <p>The adapter reports everything that the handler reads and that is not part of the key; the
 * cache then keeps the page from everybody whom it might not suit. In doubt, report.
 */
public interface PageRender {
  /**
   * {@return the request as the handler may see it} If it is the adapter's own request, the handler
   * may see all of it. A call of this method is not a read by the handler.
   */
  PageRequest request();

  /**
   * Reports that the handler reads, or may have read, a header field.
   *
   * @param field the field's name, in any case
   */
  void reads(String field);

  /** Reports that the handler reads all header fields, or their names. */
  void readsAll();

  /**
   * Reports that the handler reads something of the connection: addresses, or how the client was
   * identified.
   */
  void readsConnection();

  /**
   * Reports that the handler reads an attribute of its exchange, where programs keep whom they
   * know. It only informs a {@link PageAudit}, and keeps the page from nobody.
   *
   * @param name the attribute's name
   */
  default void readsAttribute(String name) {}

  /**
   * Reports that the handler reads an identity that the client proved to the server, such as that
   * of its certificate.
   */
  void readsPeer();

  /**
   * Reports that the handler answers where the cache does not see when it ends: it goes on in
   * another thread when it has returned, or answers past the cache. The answer is not stored, and
   * leaves as it is written.
   */
  void answersElsewhere();

  /**
   * Makes a marker for a hole of the page.
   *
   * @param name the name of a hole that has a filler
   * @return letters, digits and hyphens, which the handler writes where the hole is
   * @throws IllegalArgumentException if there is no such hole
   * @throws IllegalStateException if the answer was begun
   */
  String hole(String name);

  /** {@return who will share the page} Reading it does not make the page personal. */
  Variant variant();

  /** {@return the status of the handler's answer; negative until it was begun} */
  int status();

  /**
   * Begins the handler's answer.
   *
   * @param status the status code
   * @param fields the header fields, which are copied
   * @param length the length of the body in bytes, {@link PageAnswer#NO_BODY} or {@link
   *     PageAnswer#UNKNOWN_LENGTH}
   * @throws IOException if the answer was begun already, or the client has disconnected
   */
  void begin(int status, Map<String, List<String>> fields, long length) throws IOException;

  /**
   * {@return where the handler writes the body of an answer that was begun; the same stream each
   * time}
   */
  OutputStream body();

  /** Ends the handler's answer; one that is not complete is abandoned. */
  void close();
}
