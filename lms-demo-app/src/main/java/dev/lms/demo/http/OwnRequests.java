// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Requests that a worker sends to itself, such as those that warm its pages: nobody visits by them.
 * They bear a word that no other process knows. Thread-safe.
 */
public final class OwnRequests {
  /** The header field that holds the word. */
  public static final String FIELD = "X-lms-own";

  private final String word;

  /** With a word drawn at random. */
  public OwnRequests() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    this.word = HexFormat.of().formatHex(random);
  }

  /** What such a request holds in {@link #FIELD}. */
  public String word() {
    return word;
  }

  /** Whether this is one. */
  public boolean includes(HttpExchange exchange) {
    return Optional.ofNullable(SparingFields.first(exchange.getRequestHeaders(), FIELD))
        .filter(given -> MessageDigest.isEqual(bytes(given), bytes(word)))
        .isPresent();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
