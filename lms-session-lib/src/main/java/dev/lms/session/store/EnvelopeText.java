// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.Device;
import dev.lms.session.Envelope;
import dev.lms.session.Principal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** An envelope as one line of text. */
final class EnvelopeText {
  private static final String VERSION = "2";

  /** With three parts more, which few sessions need: programs of before can read all others. */
  private static final String LONG_VERSION = "3";

  private static final int PARTS = 8;

  private EnvelopeText() {}

  /** One line of text without a MAC; stores that others can write to use {@link EnvelopeCodec}. */
  static String of(Envelope envelope) {
    String id = envelope.principal().map(p -> encode(p.id())).orElse("");
    String roles =
        envelope
            .principal()
            .map(
                p ->
                    new TreeSet<>(p.roles())
                        .stream().map(EnvelopeText::encode).collect(Collectors.joining(",")))
            .orElse("");
    String rest = rest(envelope);
    return String.join(
            "|",
            rest.isEmpty() ? VERSION : LONG_VERSION,
            Long.toString(envelope.created().toEpochMilli()),
            envelope.authenticated().map(at -> Long.toString(at.toEpochMilli())).orElse(""),
            Long.toString(envelope.absoluteDeadline().toEpochMilli()),
            id,
            roles,
            escape(envelope.device().userAgent()),
            escape(envelope.device().address()))
        + rest;
  }

  /** Sliding lifetime, permanent cookie, new id due; nothing if there is none of them. */
  private static String rest(Envelope envelope) {
    if (envelope.sliding().isEmpty()
        && envelope.permanentCookie().isEmpty()
        && !envelope.renewalDue()) {
      return "";
    }
    return "|"
        + envelope.sliding().map(sliding -> Long.toString(sliding.toMillis())).orElse("")
        + "|"
        + envelope.permanentCookie().map(permanent -> permanent ? "1" : "0").orElse("")
        + "|"
        + (envelope.renewalDue() ? "1" : "");
  }

  /** The reverse; empty for another version or anything that is not an envelope. */
  static Optional<Envelope> read(String text) {
    String[] parts = text.split("\\|", -1);
    boolean isLong = parts.length == PARTS + 3 && parts[0].equals(LONG_VERSION);
    if (!isLong && (parts.length != PARTS || !parts[0].equals(VERSION))) {
      return Optional.empty();
    }
    try {
      Envelope envelope =
          new Envelope(
                  instant(parts[1]),
                  parts[2].isEmpty() ? Optional.empty() : Optional.of(instant(parts[2])),
                  instant(parts[3]),
                  parts[4].isEmpty()
                      ? Optional.empty()
                      : Optional.of(new Principal(decode(parts[4]), roles(parts[5]))))
              .withDevice(new Device(unescape(parts[6]), unescape(parts[7])));
      return Optional.of(isLong ? withRest(envelope, parts) : envelope);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Envelope withRest(Envelope envelope, String[] parts) {
    Envelope read = envelope.withRenewalDue(!parts[PARTS + 2].isEmpty());
    if (!parts[PARTS].isEmpty()) {
      read = read.withSliding(Duration.ofMillis(Long.parseLong(parts[PARTS])));
    }
    String permanent = parts[PARTS + 1];
    return permanent.isEmpty() ? read : read.withPermanentCookie(permanent.equals("1"));
  }

  private static Set<String> roles(String text) {
    if (text.isEmpty()) {
      return Set.of();
    }
    if (text.indexOf(',') < 0) {
      return Set.of(decode(text)); // What most people have; read with every request.
    }
    return Arrays.stream(text.split(",", -1))
        .map(EnvelopeText::decode)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Devices are long and read with every request: only the separator is worth escaping. */
  private static String escape(String text) {
    return text.replace("%", "%25").replace("|", "%7C");
  }

  private static String unescape(String text) {
    return text.replace("%7C", "|").replace("%25", "%");
  }

  private static Instant instant(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }

  private static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8);
  }

  private static String decode(String part) {
    boolean plain = part.indexOf('%') < 0 && part.indexOf('+') < 0;
    return plain ? part : URLDecoder.decode(part, StandardCharsets.UTF_8);
  }
}
