// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.cookie;

import dev.lms.session.Changes;
import dev.lms.session.CookieSettings;
import dev.lms.session.Device;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Opened;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.StoredSession;
import dev.lms.session.WriteOptions;
import dev.lms.session.Written;
import dev.lms.session.crypto.Seal;
import dev.lms.session.store.RecordCodec;
import dev.lms.session.store.Revocations;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps each session inside its cookie, sealed with AES-256-GCM. The server keeps nothing but the
 * list of sessions that were signed out. Thread-safe.
 *
 * <p>Limits: concurrent requests are not merged and conflicts not detected, because the last {@code
 * Set-Cookie} to reach the browser wins whole; a rotated cookie stops working at once, without a
 * grace, and nothing remembers what it was rotated into; name and value together must fit into 4096
 * bytes. Nonces are random, so one key should seal no more than 2^32 cookies (NIST SP 800-38D
 * section 8.3): rotate it in time.
 */
public final class CookieSessionStore implements SessionStore, SessionStore.ForOneCookie {
  /** The length of name and value together that browsers accept (RFC 6265bis section 5.6). */
  public static final int LARGEST_COOKIE = 4096;

  private static final int HANDLE_BYTES = 16;
  private static final int FIXED = HANDLE_BYTES + Long.BYTES;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final String cookieName;
  private final List<Seal> seals;
  private final Revocations revocations;
  private final SecureRandom random = new SecureRandom();

  /**
   * Creates a store for the cookie that settings describe; give {@link Sessions} the same settings.
   *
   * @param keys the secret keys of the site
   * @param cookie how the cookie is sent
   * @param audience a name of the site: cookies of another site with the same keys are not accepted
   * @param revocations where sign-outs are remembered; all workers must share it
   */
  public CookieSessionStore(
      KeyRing keys, CookieSettings cookie, String audience, Revocations revocations) {
    this(keys, cookie.name(), audience, revocations);
  }

  /**
   * Creates a store for the cookie of a name. {@link Sessions} refuses settings that send another
   * one.
   *
   * @param keys the secret keys of the site
   * @param cookieName the cookie's name
   * @param audience a name of the site: cookies of another site with the same keys are not accepted
   * @param revocations where sign-outs are remembered; all workers must share it
   */
  public CookieSessionStore(
      KeyRing keys, String cookieName, String audience, Revocations revocations) {
    byte[] purpose =
        ("session cookie\0" + cookieName + "\0" + audience).getBytes(StandardCharsets.UTF_8);
    this.cookieName = cookieName;
    this.seals = keys.keys("cookie").stream().map(key -> new Seal(key, purpose)).toList();
    this.revocations = revocations;
  }

  @Override
  public Optional<String> handle(String token) {
    return open(token).map(StoredSession::handle);
  }

  @Override
  public Opened open(String token, Instant now) {
    Optional<StoredSession> session =
        open(token).filter(found -> !revocations.isRevoked(found.handle()));
    return session.isPresent() ? new Opened.Live(session.get()) : Opened.ABSENT;
  }

  private Optional<StoredSession> open(String token) {
    byte[] sealed;
    try {
      sealed = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!isAsHandedOut(token, sealed)) {
      return Optional.empty();
    }
    for (Seal seal : seals) {
      Optional<byte[]> opened = seal.open(sealed);
      if (opened.isPresent()) {
        return decode(token, ByteBuffer.wrap(opened.get()));
      }
    }
    return Optional.empty();
  }

  /** Not padded, and without stray bits in the last character: no other spelling of it is taken. */
  private static boolean isAsHandedOut(String token, byte[] decoded) {
    byte[] rest = Arrays.copyOfRange(decoded, decoded.length - decoded.length % 3, decoded.length);
    return token.indexOf('=') < 0 && token.endsWith(ENCODER.encodeToString(rest));
  }

  private static Optional<StoredSession> decode(String token, ByteBuffer in) {
    if (in.remaining() < FIXED) {
      return Optional.empty();
    }
    byte[] handle = new byte[HANDLE_BYTES];
    in.get(handle);
    Instant deadline = Instant.ofEpochMilli(in.getLong());
    return RecordCodec.decode(in)
        .map(
            content ->
                new StoredSession(
                        token, HexFormat.of().formatHex(handle), content.envelope(), deadline)
                    .withAttributes(content.attributes()));
  }

  @Override
  public Optional<String> create(
      Envelope envelope, Map<String, String> attributes, WriteOptions options) {
    return Optional.of(begin(envelope, attributes, options.deadline()));
  }

  private String begin(Envelope envelope, Map<String, String> attributes, Instant deadline) {
    byte[] handle = new byte[HANDLE_BYTES];
    random.nextBytes(handle);
    return seal(handle, envelope, attributes, deadline);
  }

  @Override
  public Written update(StoredSession session, Changes changes, WriteOptions options) {
    if (hasEnded(session, options.now())) {
      return Written.GONE;
    }
    return Written.stored(
        seal(
            HexFormat.of().parseHex(session.handle()),
            session.envelope(),
            changes.applyTo(session.attributes()),
            options.deadline()));
  }

  @Override
  public Written rotate(
      StoredSession session, Envelope envelope, Changes changes, WriteOptions options) {
    if (hasEnded(session, options.now())) {
      return Written.GONE;
    }
    String token = begin(envelope, changes.applyTo(session.attributes()), options.deadline());
    // Whoever revokes the old one first, a sign-out or a rotation, has decided what becomes of it.
    return revoke(session, options.now()) ? Written.stored(token) : Written.GONE;
  }

  /** All of a loaded session is known; only its end may have come since. */
  private boolean hasEnded(StoredSession session, Instant now) {
    return !session.deadline().isAfter(now) || revocations.isRevoked(session.handle());
  }

  @Override
  public boolean delete(String token, Optional<StoredSession> loaded, Instant now) {
    return loaded.or(() -> open(token)).filter(session -> revoke(session, now)).isPresent();
  }

  private boolean revoke(StoredSession session, Instant now) {
    return revocations.revoke(session.handle(), session.envelope().absoluteDeadline(), now);
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public String cookieName() {
    return cookieName;
  }

  private String seal(
      byte[] handle, Envelope envelope, Map<String, String> attributes, Instant deadline) {
    // Nobody could list the device; the browser need not carry it.
    byte[] content = RecordCodec.encode(envelope.withDevice(Device.UNKNOWN), attributes);
    ByteBuffer plain = ByteBuffer.allocate(FIXED + content.length);
    plain.put(handle).putLong(deadline.toEpochMilli()).put(content);
    String token = ENCODER.encodeToString(seals.get(0).seal(plain.array()));
    int size = bytes(cookieName) + token.length();
    if (size > LARGEST_COOKIE) {
      throw new IllegalStateException(tooLarge(size, attributes));
    }
    return token;
  }

  private static String tooLarge(int size, Map<String, String> attributes) {
    String heaviest =
        attributes.entrySet().stream()
            .sorted(Comparator.comparingInt(CookieSessionStore::weight).reversed())
            .limit(3)
            .map(attribute -> attribute.getKey() + " (" + weight(attribute) + " bytes)")
            .collect(Collectors.joining(", "));
    return ("The session cookie would be %d bytes, and browsers take %d. Heaviest attributes: %s."
            + " Keep less in the session, or use the file or Redis store.")
        .formatted(size, LARGEST_COOKIE, heaviest);
  }

  private static int weight(Map.Entry<String, String> attribute) {
    return bytes(attribute.getKey()) + bytes(attribute.getValue());
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
