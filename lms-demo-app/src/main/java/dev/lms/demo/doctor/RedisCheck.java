// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.StoreChoice;
import dev.lms.demo.wiring.RedisFacts;
import dev.lms.session.SessionStoreException;
import dev.lms.session.redis.RedisUrl;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether each Redis of the site answers, and keeps what people would miss. */
final class RedisCheck {
  private static final String SESSIONS = "sessions' Redis";
  private static final String PAGES = "pages' Redis";
  private static final Duration SLOW = Duration.ofMillis(20);

  private RedisCheck() {}

  /** Whether something listens there at all. */
  static List<Finding> ofDoors(Config config) {
    List<Finding> findings = new ArrayList<>();
    config.sessions().redis().flatMap(url -> closed(SESSIONS, url)).ifPresent(findings::add);
    config
        .pageCache()
        .redis()
        .filter(url -> !config.sessions().redis().equals(Optional.of(url)))
        .flatMap(url -> closed(PAGES, url))
        .ifPresent(findings::add);
    return findings;
  }

  private static Optional<Finding> closed(String name, RedisUrl url) {
    return RedisDoor.closed(url).map(why -> unreachable(name, url, why));
  }

  private static Finding unreachable(String name, RedisUrl url, String why) {
    return Finding.problem(
        name,
        url + " cannot be reached: " + why,
        "start it, or correct "
            + (name.equals(PAGES) ? "CACHE_REDIS_URL" : "SESSION_REDIS_URL")
            + " or REDIS_URL");
  }

  static List<Finding> of(Config config, InstantSource clock) {
    List<Finding> findings = new ArrayList<>();
    Optional<RedisUrl> sessions = config.sessions().redis();
    Optional<RedisUrl> pages = config.pageCache().redis();
    sessions.ifPresent(
        url ->
            findings.addAll(
                ask(
                    SESSIONS,
                    url,
                    clock,
                    facts -> {
                      List<Finding> more = ofSessions(config, facts);
                      more.add(ClockCheck.against("the sessions' Redis", facts.clockAhead()));
                      return more;
                    })));
    pages
        .filter(url -> !sessions.equals(Optional.of(url)))
        .ifPresent(url -> findings.addAll(ask(PAGES, url, clock, facts -> List.of())));
    return findings;
  }

  private interface Judge {
    List<Finding> of(RedisFacts facts);
  }

  private static List<Finding> ask(String name, RedisUrl url, InstantSource clock, Judge judge) {
    Optional<Finding> closed = closed(name, url);
    if (closed.isPresent()) {
      return List.of(closed.get());
    }
    RedisFacts facts;
    try {
      facts = RedisFacts.of(url, clock);
    } catch (SessionStoreException e) {
      return List.of(unreachable(name, url, String.valueOf(e.getMessage())));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(answers(name, facts));
    findings.addAll(judge.of(facts));
    return findings;
  }

  private static Finding answers(String name, RedisFacts facts) {
    String answer =
        "version %s answers in %.1f ms"
            .formatted(facts.version(), facts.roundTrip().toNanos() / 1e6);
    if (!facts.isNewEnough()) {
      return Finding.problem(name, answer + ", and is too old", "run Redis 6.2 or newer");
    }
    if (facts.isReplica()) {
      return Finding.problem(
          name, answer + ", and is a replica, which takes no writes", "name the master in the URL");
    }
    return facts.roundTrip().compareTo(SLOW) > 0
        ? Finding.warning(
            name, answer + ": each page of a signed-in person waits for it", "bring it nearer")
        : Finding.ok(name, answer);
  }

  private static List<Finding> ofSessions(Config config, RedisFacts facts) {
    List<Finding> findings = new ArrayList<>();
    String policy = facts.evictionPolicy();
    if (!policy.equals("noeviction")) {
      String remedy = "set maxmemory-policy noeviction, and a Redis of its own for the pages";
      findings.add(
          facts.maxMemory() > 0
              ? Finding.problem(
                  SESSIONS,
                  "maxmemory-policy " + policy + " throws sessions away when full",
                  remedy)
              : Finding.warning(
                  SESSIONS,
                  "maxmemory-policy " + policy + " would throw sessions away if maxmemory were set",
                  remedy));
    } else {
      findings.add(Finding.ok(SESSIONS, "evicts nothing"));
    }
    boolean records = config.sessions().store().kind() == StoreChoice.Kind.REDIS;
    String lost = records ? "signs everybody out" : "signs people in again who signed out";
    if (facts.appendOnly()) {
      findings.add(Finding.ok(SESSIONS, "appends to a file what it is told"));
    } else if (facts.snapshots().isPresent() && facts.snapshots().get().isEmpty()) {
      findings.add(
          Finding.warning(
              SESSIONS, "keeps nothing on disk: its restart " + lost, "set appendonly yes"));
    } else {
      findings.add(
          Finding.warning(
              SESSIONS,
              "keeps snapshots only: its restart loses the sign-ins and sign-outs since the last",
              "set appendonly yes"));
    }
    return findings;
  }
}
