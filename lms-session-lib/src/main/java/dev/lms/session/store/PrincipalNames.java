package dev.lms.session.store;

import dev.lms.session.KeyRing;
import dev.lms.session.crypto.Hmac;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * The names under which a store keeps a person's index: keyed hashes, so that whoever sees them
 * learns nobody's id. For authors of stores. Thread-safe.
 */
public final class PrincipalNames {
  private final List<Hmac> keys;

  /** Names under each key of the ring. */
  public PrincipalNames(KeyRing keys) {
    this.keys = keys.keys("principal-index").stream().map(Hmac::new).toList();
  }

  /**
   * 128 bits in hexadecimal for each key of the ring, the current one first: write under that, and
   * read and remove under all.
   */
  public List<String> of(String principalId) {
    byte[] id = principalId.getBytes(StandardCharsets.UTF_8);
    return keys.stream()
        .map(key -> HexFormat.of().formatHex(key.sign(id), 0, Hmac.TAG_BYTES))
        .toList();
  }
}
