package dev.lms.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Makes and checks the signed ids that server-side stores put into the cookie. For authors of
 * stores. Thread-safe.
 *
 * <p>A token is {@code GROUP ID MAC}, 47 characters of base64url:
 *
 * <ul>
 *   <li>GROUP (18 random bits) survives rotation, so that a Redis Cluster keeps the old and the new
 *       id of one session in one slot and can move the data in one atomic step;
 *   <li>ID is 128 random bits, new on every rotation (OWASP ASVS 7.2.3);
 *   <li>MAC is one half of an HMAC-SHA256; the other half, never sent, is the {@linkplain
 *       Token#handle() handle}. A forged token is told apart without asking the store, and who
 *       reads the store or the logs learns nothing that a browser could send.
 * </ul>
 */
public final class SessionTokens {
  private static final int GROUP = 3;
  private static final int ID = 22;
  private static final int MAC = 22;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final List<Hmac> keys;
  private final SecureRandom random = new SecureRandom();

  /** Tokens signed with the ring's current key; all its keys are accepted. */
  public SessionTokens(KeyRing keys) {
    this.keys = keys.hmacs("session-id");
  }

  /**
   * A token whose MAC was right.
   *
   * @param text what the browser holds: a credential, never to be logged or stored
   * @param group the part that survives rotation
   * @param handle 128 bits in hexadecimal: the name under which stores and logs know the session
   */
  public record Token(String text, String group, String handle) {
    /** The same token, as an alias of the session that was rotated into this handle. */
    public Token as(String handle) {
      return new Token(text, group, handle);
    }

    @Override
    public String toString() {
      return "Token[" + handle + "]";
    }
  }

  /** A token nobody has seen before. */
  public Token mint() {
    return sign(randomText(GROUP + ID));
  }

  /** A new token in the group of an old one. */
  public Token mintBeside(Token old) {
    return sign(old.group() + randomText(ID));
  }

  private Token sign(String id) {
    byte[] signature = sign(keys.get(0), id);
    return new Token(
        id + new String(mac(signature), StandardCharsets.US_ASCII),
        id.substring(0, GROUP),
        handle(signature));
  }

  /** The token, or empty if it was not made with a key of this ring. */
  public Optional<Token> parse(String text) {
    if (text.length() != GROUP + ID + MAC) {
      return Optional.empty();
    }
    String id = text.substring(0, GROUP + ID);
    byte[] mac = text.substring(GROUP + ID).getBytes(StandardCharsets.UTF_8);
    for (Hmac key : keys) {
      byte[] signature = sign(key, id);
      // As text: the same bytes may have several spellings, and only one was handed out.
      if (MessageDigest.isEqual(mac(signature), mac)) {
        return Optional.of(new Token(text, id.substring(0, GROUP), handle(signature)));
      }
    }
    return Optional.empty();
  }

  /**
   * The token of a session that a store has loaded, under the name it has now, which the token of
   * an alias does not say. Checks nothing: a store that finds nothing under the name says so.
   */
  public static Token of(StoredSession session) {
    String text = session.token();
    return new Token(text, text.substring(0, Math.min(GROUP, text.length())), session.handle());
  }

  private static byte[] mac(byte[] signature) {
    return ENCODER.encode(Arrays.copyOf(signature, Hmac.TAG_BYTES));
  }

  private static byte[] sign(Hmac key, String id) {
    return key.sign(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String handle(byte[] signature) {
    return HexFormat.of().formatHex(signature, Hmac.TAG_BYTES, 2 * Hmac.TAG_BYTES);
  }

  /** Random base64url text of so many characters, 6 bits each. */
  private String randomText(int characters) {
    byte[] bytes = new byte[(characters * 6 + 7) / 8];
    random.nextBytes(bytes);
    return ENCODER.encodeToString(bytes).substring(0, characters);
  }
}
