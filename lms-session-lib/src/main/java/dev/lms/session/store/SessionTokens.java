// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.KeyRing;
import dev.lms.session.StoredSession;
import dev.lms.session.crypto.Hmac;
import dev.lms.session.crypto.Recent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Makes and checks the signed ids that stores on a server put into the cookie. For authors of
 * stores. Thread-safe.
 *
 * <p>A token is {@code GROUP ID MAC}, 47 characters of base64url:
 *
 * <ul>
 *   <li>GROUP (18 random bits) survives rotation, so that a Redis Cluster keeps the old and the new
 *       id of one session in one slot and can move the data in one atomic step;
 *   <li>ID is 128 random bits, new on every rotation (OWASP ASVS 7.2.3);
 *   <li>MAC is one half of an HMAC-SHA256; the other half, never sent, is the {@linkplain
 *       Token#handle() handle}. A forged token is recognised without asking the store, and a reader
 *       of the store or the logs learns nothing that a browser could send.
 * </ul>
 */
public final class SessionTokens {
  private static final int GROUP = 3;
  private static final int ID = 22;
  private static final int MAC = 22;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final List<Hmac> keys;

  /** Under ids without their MACs, which are still compared, in constant time. */
  private final Recent<Signature> recent = new Recent<>();

  private final SecureRandom random = new SecureRandom();

  /**
   * Creates tokens that are signed with the ring's current key; all its keys are accepted.
   *
   * @param keys the secret keys of the site
   */
  public SessionTokens(KeyRing keys) {
    this.keys = keys.keys("session-id").stream().map(Hmac::new).toList();
  }

  /**
   * A token with a valid MAC.
   *
   * @param text what the browser holds: a credential, never to be logged or stored
   * @param group the part that survives rotation
   * @param handle 128 bits in hexadecimal: the name under which stores and logs know the session
   */
  public record Token(String text, String group, String handle) {
    /**
     * {@return this token as an alias of the session that was rotated into another handle}
     *
     * @param handle the session's handle now
     */
    public Token as(String handle) {
      return new Token(text, group, handle);
    }

    @Override
    public String toString() {
      return "Token[" + handle + "]";
    }
  }

  /** {@return a new token with a random group and a random id} */
  public Token mint() {
    return sign(randomText(GROUP + ID));
  }

  /**
   * {@return a new token in the group of an old one, for a rotation}
   *
   * @param old a token of the session
   */
  public Token mintBeside(Token old) {
    return sign(old.group() + randomText(ID));
  }

  private Token sign(String id) {
    Signature signature = sign(keys.get(0), id);
    return signature.token(id + signature.mac());
  }

  /**
   * {@return the token, or empty if it was not made with a key of this ring}
   *
   * @param text what a browser sent
   */
  public Optional<Token> parse(String text) {
    if (text.length() != GROUP + ID + MAC) {
      return Optional.empty();
    }
    String id = text.substring(0, GROUP + ID);
    String mac = text.substring(GROUP + ID);
    Optional<Signature> known = recent.get(id).filter(signature -> signature.isWith(mac));
    if (known.isPresent()) {
      return known.map(signature -> signature.token(text));
    }
    for (Hmac key : keys) {
      Signature signature = sign(key, id);
      if (signature.isWith(mac)) {
        recent.put(id, signature);
        return Optional.of(signature.token(text));
      }
    }
    return Optional.empty();
  }

  /** The halves of an id's signature: what the browser must send, and what names the session. */
  private record Signature(String mac, String handle) {
    /** As text: the same bytes may have several spellings, and only one was handed out. */
    boolean isWith(String sent) {
      return MessageDigest.isEqual(bytes(mac), bytes(sent));
    }

    Token token(String text) {
      return new Token(text, text.substring(0, GROUP), handle);
    }
  }

  /**
   * {@return the token of a loaded session with the session's current handle, which an alias does
   * not name} The MAC is not checked: under a wrong handle a store finds nothing.
   *
   * @param session the session as it was loaded
   */
  public static Token of(StoredSession session) {
    String text = session.token();
    return new Token(text, text.substring(0, Math.min(GROUP, text.length())), session.handle());
  }

  private static Signature sign(Hmac key, String id) {
    byte[] signature = key.sign(bytes(id));
    return new Signature(
        ENCODER.encodeToString(Arrays.copyOf(signature, Hmac.TAG_BYTES)),
        HexFormat.of().formatHex(signature, Hmac.TAG_BYTES, 2 * Hmac.TAG_BYTES));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Random base64url text of so many characters, 6 bits each. */
  private String randomText(int characters) {
    byte[] bytes = new byte[(characters * 6 + 7) / 8];
    random.nextBytes(bytes);
    return ENCODER.encodeToString(bytes).substring(0, characters);
  }
}
