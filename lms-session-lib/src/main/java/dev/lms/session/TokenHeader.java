// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The header fields in which clients that keep no cookies send their session and are handed the
 * next one. Immutable.
 *
 * <p>A request that has the field, whatever its value, has its session there alone: its cookies are
 * not looked at, no cookie is set, and no token for forms is asked of it ({@link
 * Session#csrfMatches}), because a browser sends such a field for a script only, and for one of
 * another site only if this site allows it (CORS). A client without a session sends the field
 * without a token, to sign in for example. An answer that begins a session, or gives it a new id,
 * holds the token to send from then on; one that ends it holds an empty one.
 */
public final class TokenHeader {
  private static final String SCHEME = "session";
  private static final int LONGEST = 4096;
  private static final TokenHeader AUTHORIZATION =
      new TokenHeader("Authorization", "Session-Token");

  /** What browsers send by themselves, or let every site set without asking (Fetch, 2.2.2). */
  private static final Set<String> NO_PROOF =
      Set.of(
          "accept",
          "connection",
          "cookie",
          "date",
          "dnt",
          "expect",
          "forwarded",
          "host",
          "keep-alive",
          "origin",
          "pragma",
          "priority",
          "range",
          "referer",
          "save-data",
          "te",
          "trailer",
          "upgrade",
          "user-agent",
          "via");

  private final String asked;
  private final String answered;

  private TokenHeader(String asked, String answered) {
    this.asked = asked;
    this.answered = answered;
  }

  /**
   * {@return {@code Authorization: Session TOKEN} in requests, and {@code Session-Token: TOKEN} in
   * answers} A request with another scheme, such as {@code Bearer}, is one with cookies. Shared
   * caches keep no answer to a request with this field (RFC 9111 section 3.5).
   */
  public static TokenHeader authorization() {
    return AUTHORIZATION;
  }

  /**
   * {@return a field of one's own, with the token as its value, in requests and answers} Caches do
   * not know it: what depends on it says so in {@code Vary}, or {@code no-store}.
   *
   * @param name the field's name, such as {@code X-Auth-Token}
   * @throws IllegalArgumentException if it is not the name of a field, or browsers send it without
   *     being told to
   */
  public static TokenHeader named(String name) {
    if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      throw new IllegalArgumentException("not the name of a header field: '" + name + "'");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith("authorization")) {
      throw new IllegalArgumentException(
          "browsers send " + name + " by themselves, with Basic for example: authorization()");
    }
    if (NO_PROOF.contains(lower)
        || lower.matches("(accept|access-control|cache|content|if|proxy|sec|set|x-forwarded)-.*")) {
      throw new IllegalArgumentException(
          "browsers, proxies and sites of others may send " + name + ": take a name of your own");
    }
    return new TokenHeader(name, name);
  }

  /**
   * The tokens of a request that has the field: none, or one. Empty if it has not, which leaves it
   * to the cookie. Whoever sends several is understood as sending none.
   */
  Optional<List<String>> tokens(Function<String, @Nullable List<String>> fields) {
    List<String> lines = fields.apply(asked);
    if (lines == null || lines.stream().noneMatch(this::isOurs)) {
      return Optional.empty();
    }
    String token = lines.size() > 1 ? "" : tokenIn(lines.get(0));
    return Optional.of(token.isEmpty() || token.length() > LONGEST ? List.of() : List.of(token));
  }

  private boolean hasScheme() {
    return this == AUTHORIZATION;
  }

  private boolean isOurs(String line) {
    return !hasScheme() || line.strip().split("[ \t]", 2)[0].equalsIgnoreCase(SCHEME);
  }

  private String tokenIn(String line) {
    String value = line.strip();
    return hasScheme() ? value.substring(SCHEME.length()).strip() : value;
  }

  AnswerField handingOut(String token) {
    return new AnswerField(answered, token);
  }

  AnswerField forgetting() {
    return new AnswerField(answered, "");
  }

  /**
   * The header field of an answer that hands a session to the client, or has it forget one: {@code
   * Set-Cookie}, to be added to those of others, or that of a token. Immutable.
   *
   * @param name the field's name
   * @param value a credential, never to be logged
   */
  public record AnswerField(String name, String value) {
    private static final String COOKIE = "Set-Cookie";

    static AnswerField cookie(String value) {
      return new AnswerField(COOKIE, value);
    }

    /** {@return whether it is a cookie, beside which others may be set} */
    public boolean isCookie() {
      return name.equals(COOKIE);
    }

    @Override
    public String toString() {
      return "AnswerField[" + name + ": …]";
    }
  }

  @Override
  public String toString() {
    return "TokenHeader[" + asked + "]";
  }
}
