// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Proxies;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.Moment;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.wiring.Parts;
import dev.lms.demo.wiring.SessionBackend;
import dev.lms.session.Device;
import dev.lms.session.Principal;
import dev.lms.session.PrincipalIndex;
import dev.lms.session.Session;
import dev.lms.session.SessionInfo;
import dev.lms.session.Sessions;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Where a person is signed in, and signing out there. */
public final class Devices {
  /** Where they are shown. */
  public static final String PAGE = "/user/account";

  private final Sessions sessions;
  private final InstantSource clock;
  private final boolean known;

  /**
   * The devices.
   *
   * @param known whether the session store knows whose sessions there are
   */
  public Devices(Sessions sessions, InstantSource clock, boolean known) {
    this.sessions = sessions;
    this.clock = clock;
    this.known = known;
  }

  /** Those of the site. */
  public static Devices of(Parts parts) {
    SessionBackend sessions = parts.sessions();
    return new Devices(
        sessions.sessions(), parts.clock(), sessions.store() instanceof PrincipalIndex);
  }

  /**
   * A line of the list.
   *
   * @param current whether it is the one that asks
   * @param remembered whether its cookie outlives the browser
   */
  public record Line(
      String handle,
      String name,
      String address,
      Moment since,
      Moment seen,
      boolean current,
      boolean remembered) {}

  /** The routes of its forms, told through this gate; none if there is nothing to choose from. */
  public List<PageRoute> routes(Gate gate) {
    return known
        ? List.of(
            PageRoute.post("/user/account/sign-out-device", request -> signOutOne(request, gate)),
            PageRoute.post(
                "/user/account/sign-out-others", request -> signOutOthers(request, gate)))
        : List.of();
  }

  /** Whether there can be a list. */
  public boolean known() {
    return known;
  }

  /** Where the person of this session is signed in; the device that asks comes first. */
  public List<Line> of(Principal person, Session session) {
    if (!known) {
      return List.of();
    }
    Optional<String> own = session.handle();
    return sessions.list(person.id()).stream()
        .map(info -> line(info, own.filter(info.handle()::equals).isPresent()))
        .sorted((a, b) -> Boolean.compare(b.current(), a.current()))
        .toList();
  }

  private Line line(SessionInfo info, boolean current) {
    return new Line(
        info.handle(),
        DeviceName.of(info.device().userAgent()),
        info.device().address(),
        Moment.of(info.signedIn(), clock.instant()),
        Moment.of(info.lastSeen(), clock.instant()),
        current,
        info.remembered());
  }

  /** What a request comes from. */
  static Device of(HttpExchange exchange, Proxies proxies) {
    String userAgent = exchange.getRequestHeaders().getFirst("User-Agent");
    return new Device(userAgent == null ? "" : userAgent, proxies.client(exchange));
  }

  private void signOutOne(Request request, Gate gate) throws IOException {
    Principal person = SignIn.ofForm(request);
    String handle =
        request
            .form()
            .get("handle")
            .orElseThrow(() -> HttpProblem.badRequest("The form does not say which device."));
    Session session = SessionFilter.session(request.exchange());
    if (session.handle().filter(handle::equals).isPresent()) {
      session.end();
      request.redirect(SignIn.PATH + "?" + SignIn.OUT + "=1");
      return;
    }
    if (SignIn.isRecentOrRedirect(request, PAGE)) {
      // Already signed out there is as good.
      if (sessions.revoke(person.id(), handle)) {
        gate.tell(request.exchange(), "sessions-revoked", person.id(), "sessions", "1");
      }
      Flash.say(session, "That device is signed out.");
      request.redirect(PAGE);
    }
  }

  private void signOutOthers(Request request, Gate gate) throws IOException {
    Principal person = SignIn.ofForm(request);
    if (SignIn.isRecentOrRedirect(request, PAGE)) {
      Session session = SessionFilter.session(request.exchange());
      int ended = sessions.revokeOthers(session);
      gate.tell(
          request.exchange(), "sessions-revoked", person.id(), "sessions", Integer.toString(ended));
      Flash.say(
          session,
          ended == 1
              ? "Signed out on 1 other device."
              : "Signed out on " + ended + " other devices.");
      request.redirect(PAGE);
    }
  }
}
