// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.crypto.Hmac;
import dev.lms.session.crypto.Recent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Writes an {@link Envelope} or a {@link Forward} as text that only holders of the key can make,
 * bound to one session. For authors of stores whose data others might write to. Thread-safe.
 */
public final class EnvelopeCodec {
  private final List<Hmac> keys;
  private final Recent<Verified> recent = new Recent<>();

  /** An envelope whose MAC was right for the session with this handle. */
  private record Verified(String handle, Envelope envelope) {}

  /**
   * Creates a codec that signs with the ring's current key and accepts all its keys.
   *
   * @param keys the secret keys of the site
   */
  public EnvelopeCodec(KeyRing keys) {
    this.keys = keys.keys("envelope").stream().map(Hmac::new).toList();
  }

  /**
   * {@return an envelope as text with a MAC}
   *
   * @param handle the handle of its session
   * @param envelope the envelope
   */
  public String encode(String handle, Envelope envelope) {
    return signed(handle, EnvelopeText.of(envelope));
  }

  /**
   * {@return the envelope, or empty if the text has another version, belongs to another session, or
   * has a wrong MAC}
   *
   * @param handle the handle of the session in whose place it is stored
   * @param signed what {@link #encode(String, Envelope)} returned, or any other text
   */
  public Optional<Envelope> decode(String handle, String signed) {
    Optional<Verified> known = recent.get(signed).filter(found -> found.handle().equals(handle));
    if (known.isPresent()) {
      return known.map(Verified::envelope);
    }
    Optional<Envelope> envelope = verified(handle, signed).flatMap(EnvelopeText::read);
    envelope.ifPresent(found -> recent.put(signed, new Verified(handle, found)));
    return envelope;
  }

  /**
   * {@return a forward as text with a MAC}
   *
   * @param handle the handle that the session had before the rotation
   * @param forward where the session went
   */
  public String encode(String handle, Forward forward) {
    return signed(handle, forward.toText());
  }

  /**
   * {@return the forward, or empty if the text is something else, belongs to another session, or
   * has a wrong MAC}
   *
   * @param handle the handle of the session in whose place it is stored
   * @param signed what {@link #encode(String, Forward)} returned, or any other text
   */
  public Optional<Forward> decodeForward(String handle, String signed) {
    return verified(handle, signed).flatMap(Forward::fromText);
  }

  /** A text with a MAC that binds it to a session. */
  String signed(String handle, String text) {
    byte[] mac = Arrays.copyOf(sign(keys.get(0), handle, text), Hmac.TAG_BYTES);
    return text + '|' + Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
  }

  /** The text, if its MAC is right for this session. */
  Optional<String> verified(String handle, String signed) {
    int cut = signed.lastIndexOf('|');
    if (cut < 0) {
      return Optional.empty();
    }
    String text = signed.substring(0, cut);
    byte[] mac;
    try {
      mac = Base64.getUrlDecoder().decode(signed.substring(cut + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    for (Hmac key : keys) {
      if (Hmac.matches(sign(key, handle, text), mac)) {
        return Optional.of(text);
      }
    }
    return Optional.empty();
  }

  private static byte[] sign(Hmac key, String handle, String text) {
    Mac mac = key.start();
    mac.update(handle.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }
}
