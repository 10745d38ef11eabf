// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import dev.lms.benchmarks.report.Rate;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/** Starts every contender on loopback and measures them by turns. Stops what it started. */
public final class HttpRatios implements AutoCloseable {
  /** So many at most, for who wants to know how long it takes. */
  private static final int TARGETS = 7;

  private static final int VARIANTS = 4;
  private static final int START_SECONDS = 8;

  /** Where this runs in the folder of a checkout. */
  private static final Path LAUNCHER = Path.of("lmsctl").toAbsolutePath();

  private static final int CONNECTIONS = 32;
  private static final int HERD = 200;
  private static final int FAR_HITS = 1000;

  /** One; idle connections are checked now and then meanwhile. */
  private static final double FAR_HIT_ROUND_TRIPS = 1.01;

  private static final String CACHED = "anonymous, cached";
  private static final String SIGNED_IN = "signed in, cached, with holes";
  private static final String NOT_MODIFIED = "anonymous, 304";
  private static final String GZIP = "anonymous, gzip";
  private static final String PLAIN = "handler, same answer";
  private static final String GETEX = "handler, GETEX, same answer";
  private static final String VARNISH = "Varnish, same page";
  private static final String FLASK = "Flask, anonymous, cached";
  private static final String FLASK_SIGNED_IN = "Flask, signed in, cached";
  private static final Set<String> OURS = Set.of(CACHED, SIGNED_IN, NOT_MODIFIED, GZIP);

  /**
   * How long to measure.
   *
   * @param warmUpRounds that do not count: the compiler needs about a quarter of a minute of each
   *     contender while all cores are busy
   * @param seconds for each contender in a round
   * @param variants whether also gzip and 304 are measured, and the site under stress
   */
  public record Effort(int warmUpRounds, int rounds, int seconds, boolean variants) {
    /** About so many, with all contenders. */
    public int totalSeconds() {
      int targets = variants ? TARGETS + VARIANTS : TARGETS;
      return START_SECONDS
          + targets * seconds * (warmUpRounds + rounds)
          + rounds
          + (variants ? Stress.totalSeconds(this) : 0);
    }
  }

  /** What came of it. */
  public record Outcome(List<Ratio> ratios, List<Rate> rates, List<String> missing) {}

  /** Is told what is measured next. */
  public interface Watcher {
    void measures(String what, double seconds);
  }

  private final Effort effort;
  private final Watcher watcher;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;
  private final RedisServer redis;
  private final Map<String, Target> targets = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  private HttpRatios(Effort effort, Watcher watcher) throws IOException {
    this.effort = effort;
    this.watcher = watcher;
    folder = Files.createTempDirectory("lms-benchmark");
    // Varnish's worker runs as somebody else and must get at its own folder inside.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    redis = keep(RedisServer.start());
    // However this program ends; every server stops itself likewise.
    Runtime.getRuntime().addShutdownHook(new Thread(this::deleteFolder));
  }

  /**
   * Measures all there is.
   *
   * @param flask the folder of the Flask peer, if it is to be measured
   */
  public static Outcome measure(Optional<Path> flask, Effort effort, Watcher watcher)
      throws IOException, InterruptedException {
    try (HttpRatios ratios = new HttpRatios(effort, watcher)) {
      return ratios.measure(flask);
    }
  }

  private Outcome measure(Optional<Path> flask) throws IOException, InterruptedException {
    watcher.measures("starting servers", START_SECONDS);
    Background site = contender("site", redis.url());
    Background bare = contender("bare");
    List<Ratio> rows = new ArrayList<>();
    Map<String, List<Wrk.Load>> loads = Map.of();
    if (Wrk.isThere()) {
      prepare(site, flask);
      loads = load();
      rows.addAll(judge(loads));
    } else {
      notes.add(
          "wrk is not installed, so there are no rates: install it with  apt-get install wrk");
    }
    watcher.measures("herds", effort.rounds());
    rows.add(coldHerd(site));
    rows.add(uncacheableHerd(site, bare));
    rows.add(farHit());
    List<Rate> rates = new ArrayList<>(rates(loads, OURS));
    if (effort.variants() && Wrk.isThere() && Files.isExecutable(LAUNCHER)) {
      try (Stress stress = new Stress(LAUNCHER, folder, effort, watcher)) {
        Outcome stressed = stress.measure();
        rows.addAll(stressed.ratios());
        rates.addAll(stressed.rates());
        notes.addAll(stressed.missing());
      }
    } else if (effort.variants()) {
      notes.add("The site under stress is left out: run this in the folder of a checkout");
    }
    return new Outcome(rows, rates, notes);
  }

  /** What is measured by wrk, in the order of a round. */
  private void prepare(Background site, Optional<Path> flask)
      throws IOException, InterruptedException {
    Target cached = Target.of(site.url(Pages.WHOLE));
    Recorded answer = hit(cached);
    targets.put(CACHED, cached);
    Background plain = answering("plain", answer);
    targets.put(PLAIN, Target.of(plain.url(Pages.WHOLE)));
    Optional<String> noVarnish = Peers.varnishIsMissing();
    noVarnish.ifPresent(notes::add);
    if (noVarnish.isEmpty()) {
      targets.put(VARNISH, Target.of(keep(Peers.varnish(folder, plain)).url(Pages.WHOLE)));
    }
    if (effort.variants()) {
      prepare(GZIP, cached.with("Accept-Encoding", "gzip"));
      prepare(NOT_MODIFIED, cached.with("If-None-Match", answer.field("ETag")));
    }

    Target signedIn = Target.of(site.url(Pages.WITH_HOLES)).with("Cookie", signIn(site));
    targets.put(SIGNED_IN, signedIn);
    Path file = folder.resolve("signed-in");
    hit(signedIn).write(file);
    targets.put(
        GETEX,
        new Target(
            contender("getex", file.toString(), redis.url()).url(Pages.WITH_HOLES),
            signedIn.headers()));

    if (flask.isEmpty()) {
      notes.add("The Flask peer is left out: name its folder, as in  ... http FOLDER");
    } else {
      Optional<String> missing = Peers.flaskIsMissing();
      missing.ifPresent(notes::add);
      if (missing.isEmpty()) {
        RedisServer itsRedis = keep(RedisServer.start());
        Background peer = keep(Peers.flask(folder, flask.get(), itsRedis.port()));
        Target home = Target.of(peer.url("/home"));
        targets.put(FLASK, home);
        targets.put(FLASK_SIGNED_IN, home.with("Cookie", Peers.flaskCookie(client, peer)));
      }
    }
  }

  private void prepare(String name, Target target) throws IOException, InterruptedException {
    targets.put(name, target);
    Background handler = answering(name, hit(target));
    targets.put(besides(name), new Target(handler.url(Pages.WHOLE), target.headers()));
  }

  private static String besides(String name) {
    return PLAIN + " (" + name.substring(name.lastIndexOf(' ') + 1) + ")";
  }

  /** What the cache answers from the second time on. */
  private Recorded hit(Target target) throws IOException, InterruptedException {
    Recorded.of(client, target);
    Recorded answer = Recorded.of(client, target);
    if (!answer.field("Cache-Status").contains("hit")) {
      throw new IOException(target + " is no hit: " + answer.fields());
    }
    return answer;
  }

  private String signIn(Background site) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(site.url(Pages.SIGN_IN))).build();
    return Peers.cookie(client.send(request, HttpResponse.BodyHandlers.discarding()));
  }

  private Background answering(String name, Recorded answer) throws IOException {
    Path file = folder.resolve(name.replace(' ', '-'));
    answer.write(file);
    return contender("answer", file.toString());
  }

  private Background contender(String... arguments) throws IOException {
    int port = Background.freePort();
    return keep(
        Background.start(
            port,
            folder.resolve("contender-" + port + ".log"),
            Map.of(),
            Contender.command(port, arguments)));
  }

  /** Round by round, after some that do not count. */
  private Map<String, List<Wrk.Load>> load() throws IOException, InterruptedException {
    Wrk wrk = new Wrk(CONNECTIONS, effort.seconds());
    Map<String, List<Wrk.Load>> loads = new LinkedHashMap<>();
    for (int round = 1 - effort.warmUpRounds(); round <= effort.rounds(); round++) {
      for (Map.Entry<String, Target> target : targets.entrySet()) {
        watcher.measures(
            (round <= 0 ? "warming up: " : "round " + round + ": ") + target.getKey(),
            effort.seconds());
        Wrk.Load load = wrk.run(target.getValue());
        if (round > 0) {
          loads.computeIfAbsent(target.getKey(), name -> new ArrayList<>()).add(load);
        }
      }
    }
    return loads;
  }

  static List<Rate> rates(Map<String, List<Wrk.Load>> loads, Set<String> ours) {
    List<Rate> rates = new ArrayList<>();
    loads.forEach(
        (name, rounds) ->
            rates.add(
                new Rate(
                    name,
                    ours.contains(name),
                    rounds.stream().map(Wrk.Load::rate).toList(),
                    rounds.stream().mapToDouble(Wrk.Load::p50).average().orElse(Double.NaN),
                    rounds.stream().mapToDouble(Wrk.Load::p99).average().orElse(Double.NaN))));
    return rates;
  }

  private static List<Ratio> judge(Map<String, List<Wrk.Load>> loads) {
    return Stream.of(
            row(loads, CACHED, PLAIN, 0.9),
            row(loads, CACHED, VARNISH, 0.7),
            row(loads, SIGNED_IN, GETEX, 0.95),
            row(loads, CACHED, FLASK, 11.0),
            row(loads, SIGNED_IN, FLASK_SIGNED_IN, 5.5),
            row(loads, NOT_MODIFIED, besides(NOT_MODIFIED), null),
            row(loads, GZIP, besides(GZIP), null))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Rate by rate, round by round; empty if one was not measured. */
  private static Optional<Ratio> row(
      Map<String, List<Wrk.Load>> loads, String ours, String other, @Nullable Double limit) {
    List<Wrk.Load> one = loads.getOrDefault(ours, List.of());
    List<Wrk.Load> two = loads.getOrDefault(other, List.of());
    if (one.isEmpty() || two.isEmpty()) {
      return Optional.empty();
    }
    Spread ratio =
        Spread.ofRatios(
            one.stream().map(Wrk.Load::rate).toList(), two.stream().map(Wrk.Load::rate).toList());
    return Optional.of(Ratio.of(ours, other, 0, true, limit, ratio));
  }

  /** How many renders a herd on a page that nobody asked for before costs. */
  private Ratio coldHerd(Background site) throws IOException, InterruptedException {
    Herd herd = new Herd(HERD);
    List<Double> renders = new ArrayList<>();
    for (int round = 1; round <= effort.rounds(); round++) {
      long before = renders(site);
      herd.ask(site.port(), Pages.COLD + "?n=" + round);
      renders.add((double) (renders(site) - before));
    }
    return Ratio.of(HERD + " parallel cold requests", "renders", 0, false, 1.0, Spread.of(renders));
  }

  /** How long a herd waits for a page that is never stored, with the cache and without. */
  private Ratio uncacheableHerd(Background site, Background bare)
      throws IOException, InterruptedException {
    Herd herd = new Herd(HERD);
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round <= effort.rounds(); round++) {
      double with = herd.ask(site.port(), Pages.NEVER).toNanos();
      double without = herd.ask(bare.port(), Pages.NEVER).toNanos();
      if (round > 0) {
        ratios.add(with / without);
      }
    }
    return Ratio.of(
        HERD + " parallel uncacheable requests",
        "no cache, time until the last answer",
        0,
        false,
        1.25,
        Spread.of(ratios));
  }

  private long renders(Background site) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(site.url(Pages.RENDERS))).build();
    return Long.parseLong(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  /** What a stranger's page from the shared store costs, as Redis itself counts. */
  private Ratio farHit() throws IOException, InterruptedException {
    // Of its own: the idle connections of other contenders are checked now and then.
    RedisServer alone = keep(RedisServer.start());
    Background far = contender("far", alone.url());
    Target page = Target.of(far.url(Pages.WHOLE));
    hit(page);
    try (Jedis admin = alone.jedis()) {
      long before = reads(admin);
      for (int i = 0; i < FAR_HITS; i++) {
        Recorded.of(client, page);
      }
      // Less the question itself.
      double reads = reads(admin) - before - 1;
      return Ratio.of(
          "far hit",
          "round trips",
          0,
          false,
          FAR_HIT_ROUND_TRIPS,
          Spread.of(List.of(reads / FAR_HITS)));
    }
  }

  private static long reads(Jedis admin) {
    return admin
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_reads_processed:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  private <T extends AutoCloseable> T keep(T server) {
    started.push(server);
    return server;
  }

  @Override
  public void close() {
    for (AutoCloseable server : started) {
      try {
        server.close();
      } catch (Exception e) {
        System.err.println("Could not stop a server: " + e.getMessage());
      }
    }
    client.close();
    deleteFolder();
  }

  private void deleteFolder() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> Objects.requireNonNull(file).toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      System.err.println("Could not delete " + folder + ": " + e.getMessage());
    }
  }
}
