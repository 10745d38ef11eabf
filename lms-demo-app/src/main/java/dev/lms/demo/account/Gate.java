// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Proxies;
import dev.lms.demo.log.Audit;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Where a password is asked for: who guesses is slowed down, and what happened is told. */
public final class Gate {
  private final Proxies proxies;
  private final Audit audit;
  private final Guesses guesses;

  /** A gate for requests that come by way of these proxies or none. */
  public Gate(Proxies proxies, Audit audit, InstantSource clock) {
    this.proxies = proxies;
    this.audit = audit;
    this.guesses = new Guesses(clock);
  }

  /**
   * What came of a look at a password.
   *
   * @param delay if it was not looked at, how long until the next one is
   */
  record Look(Passwords.Verdict verdict, Duration delay) {}

  Proxies proxies() {
    return proxies;
  }

  /**
   * Looks at a password.
   *
   * @param event of the audit log, if it is wrong
   * @param hash of the account's; empty if there is no such account, whose name is told to nobody
   * @throws HttpProblem 503 if too many passwords wait
   */
  Look look(
      HttpExchange exchange,
      String event,
      String account,
      String password,
      Optional<String> hash,
      Passwords passwords) {
    InetAddress address = proxies.address(exchange);
    String known = hash.isPresent() ? account : "";
    try (Guesses.Turn turn = guesses.turn(account, address)) {
      Duration wait = turn.delay();
      if (wait.isPositive()) {
        audit.tellBounded(
            event, "account", known, "address", address.getHostAddress(), "reason", "too-soon");
        return new Look(Passwords.Verdict.TOO_SOON, wait);
      }
      Passwords.Verdict verdict = passwords.check(password, hash);
      switch (verdict) {
        case MATCH -> turn.wasRight();
        case MISMATCH -> {
          turn.wasWrong();
          audit.tellBounded(
              event,
              "account",
              known,
              "address",
              address.getHostAddress(),
              "reason",
              hash.isPresent() ? "password" : "account");
        }
        default ->
            throw HttpProblem.busy(
                "Many people are signing in just now. Try again in a moment.",
                Duration.ofSeconds(2));
      }
      return new Look(verdict, Duration.ZERO);
    }
  }

  /** Tells of something that an account has done. */
  void tell(HttpExchange exchange, String event, String account, String... more) {
    String[] fields = new String[4 + more.length];
    fields[0] = "account";
    fields[1] = account;
    fields[2] = "address";
    fields[3] = proxies.client(exchange);
    System.arraycopy(more, 0, fields, 4, more.length);
    audit.tell(event, fields);
  }

  /** What a person is told who has to wait. */
  static String waitSentence(Duration wait) {
    long seconds = seconds(wait);
    return "Too many wrong passwords. Wait "
        + (seconds == 1 ? "1 second" : seconds + " seconds")
        + " and try again.";
  }

  static long seconds(Duration wait) {
    return Math.max(1, wait.plusMillis(999).toSeconds());
  }
}
