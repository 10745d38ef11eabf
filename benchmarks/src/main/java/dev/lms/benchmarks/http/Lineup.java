// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Ratio;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Who is measured by wrk, in the order of a round, and which of them stand beside each other. */
final class Lineup {
  /** So many at most, for who wants to know how long it takes. */
  static final int OF_THE_JVM = 7;

  /** So many more warm-ups than one for each. */
  static final int MORE_WARM_UPS = 4;

  /** So many that need not warm up. */
  static final int OTHERS = 3;

  /** So many more of the JVM in a full run. */
  static final int VARIANTS = 8;

  /** So many more others then. */
  static final int OTHER_VARIANTS = 1;

  private static final String CACHED = "anonymous, cached";
  private static final String SIGNED_IN = "signed in, cached, with holes";
  private static final String NEAR = "signed in, copy of the session";
  private static final String ON_ROBAHO = ", on robaho";
  private static final String NOT_MODIFIED = "anonymous, 304";
  private static final String GZIP = "anonymous, gzip";
  private static final String PLAIN = "handler, same answer";
  private static final String GETEX = "handler, GETEX, same answer";
  private static final String VARNISH = "Varnish, same page";
  private static final String NGINX = "nginx, same page";
  private static final String SPRING = "Jetty, Spring Cache, anonymous";
  private static final String SPRING_SIGNED_IN = "Jetty, Spring Session, signed in";
  private static final String FLASK = "Flask, anonymous, cached";
  private static final String FLASK_SIGNED_IN = "Flask, signed in, cached";

  /**
   * How often those warm up that stand beside each other by a few percent or by processor time,
   * which the compiler takes too. Who is alone on a server is asked as often as two that share one.
   */
  private static final Map<String, Integer> LONG_WARM_UPS = Map.of(CACHED, 2, PLAIN, 2, NEAR, 3);

  private final Servers servers;
  private final List<Entrant> entrants = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  private Lineup(Servers servers) {
    this.servers = servers;
  }

  /**
   * Starts them all.
   *
   * @param site the one with sessions and pages, which runs already
   * @param redisUrl of its sessions
   */
  static Lineup start(Servers servers, Background site, String redisUrl, boolean variants)
      throws IOException, InterruptedException {
    Lineup lineup = new Lineup(servers);
    lineup.strangers(site, variants);
    lineup.signedIn(site, redisUrl);
    lineup.near(Provider.JDK, NEAR, redisUrl);
    lineup.onRobaho(redisUrl, variants);
    if (variants) {
      lineup.near(Provider.ROBAHO, NEAR + ON_ROBAHO, redisUrl);
      lineup.spring(redisUrl);
    }
    lineup.flask();
    return lineup;
  }

  List<Entrant> entrants() {
    return entrants;
  }

  /** In sentences, who is not there and why. */
  List<String> missing() {
    return missing;
  }

  boolean isOurs(String name) {
    return entrants.stream().anyMatch(entrant -> entrant.ours() && entrant.name().equals(name));
  }

  /** Each line whose both sides were measured. */
  static List<Ratio> judge(Loads loads) {
    return Stream.of(
            loads.row(CACHED, PLAIN, 0.9),
            loads.row(CACHED, VARNISH, 0.75),
            // The most that anything on that server could reach in the line before.
            loads.row(PLAIN, VARNISH, null),
            loads.row(CACHED + ON_ROBAHO, VARNISH, 1.0),
            loads.row(PLAIN + ON_ROBAHO, VARNISH, null),
            loads.row(CACHED + ON_ROBAHO, PLAIN + ON_ROBAHO, null),
            loads.row(CACHED, NGINX, null),
            loads.row(CACHED, SPRING, null),
            loads.row(SIGNED_IN, GETEX, 0.95),
            loads.row(NEAR, SIGNED_IN, null),
            loads.row(SIGNED_IN, SPRING_SIGNED_IN, null),
            loads.costRow(SIGNED_IN, CACHED, null),
            loads.costRow(NEAR, CACHED, 1.25),
            loads.row(CACHED, FLASK, 11.0),
            // The shipped site keeps copies wherever sessions are in Redis.
            loads.row(SIGNED_IN, FLASK_SIGNED_IN, null),
            loads.row(NEAR, FLASK_SIGNED_IN, 11.0),
            loads.row(SIGNED_IN + ON_ROBAHO, FLASK_SIGNED_IN, null),
            loads.row(NEAR + ON_ROBAHO, FLASK_SIGNED_IN, 14.0),
            loads.row(NOT_MODIFIED, besides(NOT_MODIFIED), null),
            loads.row(GZIP, besides(GZIP), null))
        .flatMap(Optional::stream)
        .toList();
  }

  private static String besides(String name) {
    return PLAIN + " (" + name.substring(name.lastIndexOf(' ') + 1) + ")";
  }

  private static int warmUps(String name) {
    return LONG_WARM_UPS.getOrDefault(name, 1);
  }

  private void ours(String name, Target target, Background server) {
    entrants.add(new Entrant(name, true, warmUps(name), target, server));
  }

  private void handler(String name, Target target, Background server) {
    entrants.add(new Entrant(name, false, warmUps(name), target, server));
  }

  private void peer(String name, Target target, Background server) {
    entrants.add(new Entrant(name, false, 0, target, server));
  }

  private void strangers(Background site, boolean variants)
      throws IOException, InterruptedException {
    Target cached = Target.of(site.url(Pages.WHOLE));
    Recorded answer = servers.hit(cached);
    ours(CACHED, cached, site);
    Background plain = servers.answering(answer);
    handler(PLAIN, Target.of(plain.url(Pages.WHOLE)), plain);
    Optional<String> noVarnish = Peers.varnishIsMissing();
    noVarnish.ifPresent(missing::add);
    if (noVarnish.isEmpty()) {
      Background varnish = servers.keep(Peers.varnish(servers.folder(), plain));
      peer(VARNISH, Target.of(varnish.url(Pages.WHOLE)), varnish);
    }
    if (variants) {
      Optional<String> noNginx = Peers.nginxIsMissing();
      noNginx.ifPresent(missing::add);
      if (noNginx.isEmpty()) {
        Background nginx = servers.keep(Peers.nginx(servers.folder(), plain));
        peer(NGINX, Target.of(nginx.url(Pages.WHOLE)), nginx);
      }
      variant(GZIP, cached.with("Accept-Encoding", "gzip"), site);
      variant(NOT_MODIFIED, cached.with("If-None-Match", answer.field("ETag")), site);
    }
  }

  private void variant(String name, Target target, Background site)
      throws IOException, InterruptedException {
    ours(name, target, site);
    Background handler = servers.answering(servers.hit(target));
    handler(besides(name), new Target(handler.url(Pages.WHOLE), target.headers()), handler);
  }

  private void signedIn(Background site, String redisUrl) throws IOException, InterruptedException {
    Target page = signedIn(site);
    ours(SIGNED_IN, page, site);
    String answer = servers.write(servers.hit(page)).toString();
    Background handler = servers.contender("getex", answer, redisUrl);
    handler(GETEX, new Target(handler.url(Pages.WITH_HOLES), page.headers()), handler);
  }

  private Target signedIn(Background site) throws IOException, InterruptedException {
    return Target.of(site.url(Pages.WITH_HOLES)).with("Cookie", servers.signIn(site));
  }

  private void near(Provider provider, String name, String redisUrl)
      throws IOException, InterruptedException {
    Background site = servers.contender(provider, "near", redisUrl);
    Target page = signedIn(site);
    servers.hit(page);
    ours(name, page, site);
  }

  private void onRobaho(String redisUrl, boolean variants)
      throws IOException, InterruptedException {
    Background site = servers.contender(Provider.ROBAHO, "site", redisUrl);
    Target cached = Target.of(site.url(Pages.WHOLE));
    Recorded answer = servers.hit(cached);
    ours(CACHED + ON_ROBAHO, cached, site);
    if (variants) {
      String file = servers.write(answer).toString();
      Background handler = servers.contender(Provider.ROBAHO, "answer", file);
      handler(PLAIN + ON_ROBAHO, Target.of(handler.url(Pages.WHOLE)), handler);
    }
    Target page = signedIn(site);
    servers.hit(page);
    ours(SIGNED_IN + ON_ROBAHO, page, site);
  }

  private void spring(String redisUrl) throws IOException, InterruptedException {
    Background site = servers.spring(redisUrl);
    Target page = Target.of(site.url(Pages.WHOLE));
    handler(SPRING, page, site);
    handler(SPRING_SIGNED_IN, page.with("Cookie", servers.signIn(site)), site);
  }

  private void flask() throws IOException, InterruptedException {
    Optional<String> none = Flask.isMissing();
    none.ifPresent(missing::add);
    if (none.isEmpty()) {
      RedisServer itsRedis = servers.keep(RedisServer.start());
      Background flask = servers.keep(Flask.start(servers.folder(), itsRedis.url()));
      Target page = Target.of(flask.url(Flask.PAGE));
      peer(FLASK, page, flask);
      Target own = page.with("Cookie", Flask.signIn(servers.client(), flask));
      peer(FLASK_SIGNED_IN, own, flask);
    }
  }
}
