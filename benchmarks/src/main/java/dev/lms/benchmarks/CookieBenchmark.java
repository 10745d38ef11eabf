// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.cookie.MemoryRevocations;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sessions in sealed cookies, beside AES-256-GCM by hand: one cipher per thread, used again. */
// JMH fills the fields by @Setup.
@SuppressWarnings("NullAway.Init")
public class CookieBenchmark extends StoreBenchmark {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");

  private final Value sample = Value.sample();
  private Cipher cipher;
  private long nonces;
  private String token;

  /** The store of all threads. */
  @State(Scope.Benchmark)
  public static class Shared {
    private final AtomicInteger threads = new AtomicInteger();
    private final CookieSessionStore store =
        new CookieSessionStore(KEYS, COOKIE.name(), "benchmark", new MemoryRevocations());
  }

  @Setup(Level.Iteration)
  public void begin(Shared shared) throws GeneralSecurityException {
    begin(sessions(shared.store), shared.threads.incrementAndGet());
    cipher = Cipher.getInstance("AES/GCM/NoPadding");
    token = createRaw();
  }

  /** Base64, decrypt, decode. */
  @Benchmark
  public long readRaw() throws GeneralSecurityException {
    return readToken(token);
  }

  final long readToken(String token) throws GeneralSecurityException {
    return open(token).read();
  }

  /** Decrypted, and encrypted again. */
  @Benchmark
  public long changeRaw() throws GeneralSecurityException {
    Value value = open(token);
    long next = next(value.counter());
    value.fields().put(Sample.COUNTER, Long.toString(next));
    token = seal(value);
    return next;
  }

  /** Encode, encrypt, base64. */
  @Benchmark
  public String createRaw() throws GeneralSecurityException {
    return seal(sample);
  }

  private Value open(String token) throws GeneralSecurityException {
    byte[] sealed = Base64.getUrlDecoder().decode(token);
    cipher.init(Cipher.DECRYPT_MODE, KEY, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE));
    return Value.decode(cipher.doFinal(sealed, NONCE, sealed.length - NONCE));
  }

  /** The nonce is a counter: the least that works. This key guards nothing. */
  private String seal(Value value) throws GeneralSecurityException {
    byte[] plain = value.encode();
    byte[] sealed = new byte[NONCE + plain.length + TAG_BITS / 8];
    ByteBuffer.wrap(sealed).putLong(++nonces);
    cipher.init(Cipher.ENCRYPT_MODE, KEY, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE));
    cipher.doFinal(plain, 0, plain.length, sealed, NONCE);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }
}
