// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.debug;

import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import dev.lms.session.CommitOutcome;
import dev.lms.session.Merge;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.SessionStore.Capability;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Shows the session of a request and changes it, with a pause in which another worker may act. */
public final class SessionDebug {
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

  private final String backend;
  private final Set<Capability> capabilities;

  /**
   * Pages about sessions of this store.
   *
   * @param backend its name, as in {@code SESSION_STORE}
   */
  public SessionDebug(String backend, Set<Capability> capabilities) {
    this.backend = backend;
    this.capabilities = capabilities;
  }

  /** Their routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/debug/session", this::show),
        Route.post("/debug/session/put", this::put),
        Route.post("/debug/session/add", this::add));
  }

  private record Worker(long pid, int port) {}

  private record User(String id, TreeSet<String> roles) {}

  private record Times(String created, String expires) {}

  private record Shown(
      Worker worker,
      String session_backend,
      boolean authenticated,
      @Nullable User current_user,
      Map<String, String> session_data,
      @Nullable Times session) {}

  private void show(Request request) throws IOException {
    Session session = SessionFilter.session(request.exchange());
    Map<String, String> visible = new TreeMap<>(session.attributes());
    visible.keySet().removeIf(SessionKey::isSensitive);
    @Nullable User user = session.principal().map(SessionDebug::user).orElse(null);
    @Nullable Times times =
        session.exists() ? new Times(text(session.created()), text(session.expires())) : null;
    Worker worker =
        new Worker(ProcessHandle.current().pid(), request.exchange().getLocalAddress().getPort());
    request.json(200, new Shown(worker, backend, user != null, user, visible, times));
  }

  private static String text(Optional<Instant> time) {
    return time.map(Instant::toString).orElse("");
  }

  private static User user(Principal principal) {
    return new User(principal.id(), new TreeSet<>(principal.roles()));
  }

  private void put(Request request) throws IOException {
    Parameters form = request.form();
    String key = required(form, "key");
    String value = form.get("value").orElse("");
    boolean rejects = form.get("merge").filter("reject"::equals).isPresent();
    if (rejects && !capabilities.contains(Capability.DETECTS_CONFLICTS)) {
      throw new HttpProblem(
          409,
          "Not with this store",
          "The " + backend + " store cannot tell what was overwritten.");
    }
    Session session = loadAndPause(request, form);
    if (!rejects) {
      session.set(key, value);
      answer(request, session.commit());
      return;
    }
    Map<String, String> answer = new TreeMap<>();
    session.get(key).ifPresent(seen -> answer.put("seen", seen));
    session.set(SessionKey.text(key).merging(Merge.REJECT), value);
    answer.put("result", word(session.commit()));
    request.json(200, answer);
  }

  private void add(Request request) throws IOException {
    if (!capabilities.contains(Capability.MERGES_CONCURRENT_CHANGES)) {
      throw new HttpProblem(
          409,
          "Not with this store",
          "The " + backend + " store cannot promise to lose no increment; use redis or file.");
    }
    Parameters form = request.form();
    String key = required(form, "key");
    long delta = number(form, "delta", "1");
    Session session = loadAndPause(request, form);
    CommitOutcome outcome;
    try {
      session.add(key, delta);
      outcome = session.commit();
    } catch (IllegalStateException e) {
      throw new HttpProblem(409, "Not counted", String.valueOf(e.getMessage()));
    }
    answer(request, outcome);
  }

  private static Session loadAndPause(Request request, Parameters form) {
    Duration delay = Duration.ofMillis(number(form, "delay_ms", "0"));
    if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
      throw HttpProblem.badRequest("delay_ms must be from 0 to " + LONGEST_DELAY.toMillis() + ".");
    }
    Session session = SessionFilter.session(request.exchange());
    session.attributes();
    Pause.of(delay);
    return session;
  }

  private static void answer(Request request, CommitOutcome outcome) throws IOException {
    request.json(200, Map.of("result", word(outcome)));
  }

  private static String word(CommitOutcome outcome) {
    return switch (outcome) {
      case GONE -> "gone";
      case CONFLICT -> "conflict";
      default -> "stored";
    };
  }

  private static String required(Parameters form, String name) {
    return form.get(name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> HttpProblem.badRequest("The form needs a " + name + "."));
  }

  private static long number(Parameters form, String name, String fallback) {
    String text = form.get(name).orElse(fallback);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw HttpProblem.badRequest(name + " must be a whole number.");
    }
  }
}
