// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM under one key for one purpose (NIST SP 800-38D): {@code version, nonce, ciphertext
 * and tag}. Thread-safe. Ciphers are kept and used again, because making one costs more than using
 * it.
 */
public final class Seal {
  private static final byte VERSION = 1;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int HEADER = 1 + NONCE;
  private static final byte[] NOTHING = {};

  private final SecretKey key;
  private final byte[] purpose;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentLinkedQueue<Cipher> idle = new ConcurrentLinkedQueue<>();

  /**
   * Prepares a key.
   *
   * @param key 256 bits
   * @param purpose what was sealed for another is not opened
   */
  public Seal(byte[] key, byte[] purpose) {
    this.key = new SecretKeySpec(key, "AES");
    this.purpose = purpose;
  }

  /**
   * {@return a text, sealed under a fresh random nonce}
   *
   * @param plain the text
   */
  public byte[] seal(byte[] plain) {
    return seal(plain, NOTHING);
  }

  /**
   * {@return a text, sealed together with what it belongs to, which is not in it}
   *
   * @param plain the text
   * @param owner what it belongs to
   */
  public byte[] seal(byte[] plain, byte[] owner) {
    byte[] sealed = new byte[HEADER + plain.length + TAG_BITS / 8];
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    sealed[0] = VERSION;
    System.arraycopy(nonce, 0, sealed, 1, NONCE);
    Cipher cipher = borrow();
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(purpose);
      cipher.updateAAD(owner);
      cipher.doFinal(plain, 0, plain.length, sealed, HEADER);
      idle.offer(cipher);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM takes a fresh nonce and any text", e);
    }
  }

  /**
   * {@return what was sealed; empty if it was not sealed with this key for this purpose}
   *
   * @param sealed what {@link #seal(byte[])} made, or anything else
   */
  public Optional<byte[]> open(byte[] sealed) {
    return open(sealed, NOTHING);
  }

  /**
   * {@return what was sealed; empty if it was not sealed with this key for this purpose and owner}
   *
   * @param sealed what {@link #seal(byte[], byte[])} made, or anything else
   * @param owner what it belongs to
   */
  public Optional<byte[]> open(byte[] sealed, byte[] owner) {
    if (sealed.length < HEADER + TAG_BITS / 8 || sealed[0] != VERSION) {
      return Optional.empty();
    }
    Cipher cipher = borrow();
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, 1, NONCE));
      cipher.updateAAD(purpose);
      cipher.updateAAD(owner);
      byte[] plain = cipher.doFinal(sealed, HEADER, sealed.length - HEADER);
      idle.offer(cipher);
      return Optional.of(plain);
    } catch (AEADBadTagException e) {
      idle.offer(cipher);
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM opens or rejects any text", e);
    }
  }

  private Cipher borrow() {
    @Nullable Cipher cipher = idle.poll();
    try {
      return cipher != null ? cipher : Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }
}
