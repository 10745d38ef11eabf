// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.KeyRing;
import dev.lms.session.crypto.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Names the index of each person in a store by a keyed hash, so that a reader of the store learns
 * nobody's id. For authors of stores. Thread-safe.
 */
public final class PrincipalNames {
  private final List<Hmac> keys;

  /**
   * Creates names under each key of the ring.
   *
   * @param keys the secret keys of the site
   */
  public PrincipalNames(KeyRing keys) {
    this.keys = keys.keys("principal-index").stream().map(Hmac::new).toList();
  }

  /**
   * Names a person's index. Write under the first name; read and remove under all of them.
   *
   * @param principalId the person's id
   * @return 128 bits in hexadecimal for each key of the ring, the current one first
   */
  public List<String> of(String principalId) {
    byte[] id = principalId.getBytes(StandardCharsets.UTF_8);
    return keys.stream()
        .map(key -> HexFormat.of().formatHex(key.sign(id), 0, Hmac.TAG_BYTES))
        .toList();
  }
}
