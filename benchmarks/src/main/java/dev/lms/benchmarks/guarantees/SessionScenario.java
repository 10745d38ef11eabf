// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.util.Optional;

/** One thing that may happen to sessions. */
enum SessionScenario {
  SLOW_REQUEST(
      "G1", "slow-request", "a slow request that ends after a sign-out brings nothing back", 20) {
    @Override
    Optional<String> play(SessionPeer peer) throws Exception {
      String id = peer.begin();
      SessionPeer.Visit slow = peer.open(id);
      slow.set("page", "1");
      end(peer, id);
      try {
        slow.finish();
      } catch (Exception e) {
        // An error for the visitor, which is another scenario.
        return found(peer, id);
      }
      return found(peer, id);
    }
  },
  SIGN_OUT_RACE(
      "G1",
      "sign-out-race",
      "a request that ends while somebody signs out brings nothing back",
      200) {
    @Override
    Optional<String> play(SessionPeer peer) throws Exception {
      String id = peer.begin();
      SessionPeer.Visit request = peer.open(id);
      request.set("page", "1");
      meet(peer, id, request);
      return found(peer, id);
    }
  },
  LOST_UPDATE("G2", "lost-update", "two requests that change different attributes both count", 20) {
    @Override
    Optional<String> play(SessionPeer peer) throws Exception {
      String id = peer.begin();
      SessionPeer.Visit one = peer.open(id);
      SessionPeer.Visit other = peer.open(id);
      one.set("one", "1");
      other.set("other", "1");
      one.finish();
      other.finish();
      SessionPeer.Visit now = peer.open(id);
      return now.get("one").isPresent() && now.get("other").isPresent()
          ? Optional.empty()
          : Optional.of("one of two changes is lost");
    }
  },
  LOST_INCREMENT("G2", "lost-increment", "two requests that count make two", 20) {
    @Override
    Optional<String> play(SessionPeer peer) throws Exception {
      String id = peer.begin();
      SessionPeer.Visit one = peer.open(id);
      SessionPeer.Visit other = peer.open(id);
      one.count("visits");
      other.count("visits");
      one.finish();
      other.finish();
      String visits = peer.open(id).get("visits").orElse("nothing");
      return visits.equals("2") ? Optional.empty() : Optional.of("counted " + visits + " of 2");
    }
  },
  HALF_SESSION(
      "G2", "half-session", "after a race with a sign-out a session is whole or not there", 200) {
    @Override
    Optional<String> play(SessionPeer peer) throws Exception {
      String id = peer.begin();
      SessionPeer.Visit request = peer.open(id);
      request.set("page", "1");
      meet(peer, id, request);
      try {
        SessionPeer.Visit left = peer.open(id);
        return !left.exists() || left.get(SessionPeer.PERSON).isPresent()
            ? Optional.empty()
            : Optional.of("a session without its person");
      } catch (Exception e) {
        return Optional.of("opening what is left fails: " + e.getMessage());
      }
    }
  },
  VANISHED(
      "G4", "vanished", "a request whose session has gone meanwhile ends without an error", 20) {
    @Override
    Optional<String> play(SessionPeer peer) throws Exception {
      String id = peer.begin();
      SessionPeer.Visit slow = peer.open(id);
      slow.set("page", "1");
      end(peer, id);
      try {
        slow.finish();
        return Optional.empty();
      } catch (Exception e) {
        return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  };

  private final String guarantee;
  private final String key;
  private final String what;
  private final int attempts;

  SessionScenario(String guarantee, String key, String what, int attempts) {
    this.guarantee = guarantee;
    this.key = key;
    this.what = what;
    this.attempts = attempts;
  }

  /** Plays it once; says what was broken, or nothing. */
  abstract Optional<String> play(SessionPeer peer) throws Exception;

  Scenario with(String contender, boolean ours, Scenario.Maker<SessionPeer> maker) {
    return new Scenario(
        guarantee,
        key,
        what,
        contender,
        ours,
        attempts,
        () -> {
          SessionPeer peer = maker.make();
          return new Scenario.Stage(() -> play(peer), peer);
        });
  }

  private static void end(SessionPeer peer, String id) throws Exception {
    SessionPeer.Visit visit = peer.open(id);
    visit.end();
    visit.finish();
  }

  private static void meet(SessionPeer peer, String id, SessionPeer.Visit request)
      throws Exception {
    SessionPeer.Visit signOut = peer.open(id);
    Meeting.of(
        () -> {
          request.finish();
          return "";
        },
        () -> {
          signOut.end();
          signOut.finish();
          return "";
        });
  }

  private static Optional<String> found(SessionPeer peer, String id) {
    try {
      return peer.open(id).exists() ? Optional.of("the session is there again") : Optional.empty();
    } catch (Exception e) {
      return Optional.of("half of it is there again: " + e.getMessage());
    }
  }
}
