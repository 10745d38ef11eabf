// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import dev.lms.benchmarks.http.Flask;
import dev.lms.benchmarks.http.Peers;
import dev.lms.benchmarks.report.Cell;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClient;

/** Plays every scenario with every contender that it is about. */
public final class Guarantees {
  /** About so long for each cell. */
  public static final double CELL_SECONDS = 0.4;

  /** How many cells the whole table has where everything is installed. */
  public static final int CELLS = 48;

  private static final String LMS_REDIS = "lms-redis";
  private static final String LMS_FILES = "lms-files";
  private static final String SPRING_REDIS = "spring-session-redis";
  private static final String JETTY_FILES = "jetty-files";
  private static final String LMS_PAGES = "lms-pages";
  private static final String SPRING_CACHE = "spring-cache-caffeine";
  private static final String SPRING_SYNC = "spring-cache-caffeine-sync";
  private static final String FLASK = "flask";
  private static final String VARNISH = "varnish";

  /**
   * Of gunicorn: two requests that meet, and one that looks. More would render a page of a herd
   * more often.
   */
  private static final int FLASK_WORKERS = 3;

  private final RedisServer redis;
  private final Path folder;

  /** Started when it is asked for first. */
  private @Nullable FlaskSite flask;

  private Guarantees(RedisServer redis, Path folder) {
    this.redis = redis;
    this.folder = folder;
  }

  /** Whom nobody can play here, in a line each that says what to install. */
  public static List<String> missing() throws IOException, InterruptedException {
    return Stream.of(Flask.isMissing(), Peers.varnishIsMissing())
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * Plays those that are asked for.
   *
   * @param scenario a name; empty for all
   * @param contender a name; empty for all
   * @param next is told what is played next
   */
  public static List<Cell> play(String scenario, String contender, Consumer<String> next)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("lms-guarantees");
    readable(folder);
    try (RedisServer redis = RedisServer.start()) {
      Guarantees guarantees = new Guarantees(redis, folder);
      List<Cell> cells = new ArrayList<>();
      Predicate<Scenario> asked =
          each ->
              (scenario.isEmpty() || scenario.equals(each.key()))
                  && (contender.isEmpty() || contender.equals(each.contender()));
      try {
        for (Scenario each : guarantees.all().stream().filter(asked).toList()) {
          next.accept(each.key() + ", " + each.contender());
          cells.add(play(each));
        }
      } finally {
        guarantees.stop();
      }
      return cells;
    } finally {
      delete(folder);
    }
  }

  private static Cell play(Scenario scenario) throws IOException, InterruptedException {
    try {
      return scenario.play();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(scenario.key() + " with " + scenario.contender() + " failed: " + e, e);
    }
  }

  private List<Scenario> all() throws IOException, InterruptedException {
    boolean withFlask = Flask.isMissing().isEmpty();
    List<Scenario> all = new ArrayList<>();
    for (SessionScenario scenario : SessionScenario.values()) {
      all.add(scenario.with(LMS_REDIS, true, () -> OurSessions.inRedis(redis.url())));
      all.add(scenario.with(SPRING_REDIS, false, () -> SpringRedisSessions.of(redis.url())));
      if (withFlask) {
        all.add(scenario.with(FLASK, false, this::flaskSessions));
      }
      all.add(scenario.with(LMS_FILES, true, () -> OurSessions.inFiles(newFolder(folder))));
      all.add(scenario.with(JETTY_FILES, false, () -> new JettyFileSessions(newFolder(folder))));
    }
    EndlessKey endless = new EndlessKey(redis);
    all.add(endless.with(LMS_REDIS, true, OurSessions::inRedis));
    all.add(endless.with(SPRING_REDIS, false, SpringRedisSessions::of));
    if (withFlask) {
      all.add(endless.with(FLASK, false, () -> new DoomedFlask(folder, redis.port())));
    }
    all.addAll(PageScenario.with(LMS_PAGES, true, OurPages::new));
    all.addAll(
        PageScenario.with(SPRING_CACHE, false, pages -> new SpringCachedPages(pages, false)));
    all.addAll(PageScenario.with(SPRING_SYNC, false, pages -> new SpringCachedPages(pages, true)));
    if (withFlask) {
      all.addAll(PageScenario.with(FLASK, false, pages -> FlaskPages.of(flask(), pages)));
    }
    if (Peers.varnishIsMissing().isEmpty()) {
      all.addAll(
          PageScenario.with(
              VARNISH, false, pages -> new VarnishPages(readable(newFolder(folder)), pages)));
    }
    // Those of one guarantee together.
    all.sort(Comparator.comparing(Scenario::guarantee).thenComparing(Scenario::key));
    return all;
  }

  private SessionPeer flaskSessions() throws IOException, InterruptedException {
    return new FlaskSessions(flask(), RedisClient.create("127.0.0.1", redis.port()));
  }

  private FlaskSite flask() throws IOException, InterruptedException {
    if (flask == null) {
      flask = new FlaskSite(folder, redis.url(), FLASK_WORKERS);
    }
    return flask;
  }

  private void stop() {
    if (flask != null) {
      flask.close();
    }
  }

  /** For Varnish, whose worker runs as somebody else. */
  private static Path readable(Path folder) throws IOException {
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path newFolder(Path folder) throws IOException {
    return Files.createTempDirectory(folder, "contender");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> Objects.requireNonNull(file).toFile().delete());
    }
  }

  /** How many were held, ours and others'. */
  public static String summary(List<Cell> cells) {
    long ours = cells.stream().filter(Cell::ours).count();
    long oursHeld = cells.stream().filter(cell -> cell.ours() && cell.broken() == 0).count();
    long held = cells.stream().filter(cell -> cell.broken() == 0).count();
    return "Guarantees held: ours %d of %d, others' %d of %d"
        .formatted(oursHeld, ours, held - oursHeld, cells.size() - ours);
  }

  /** As a table for people, with the command that repeats each cell. */
  public static String table(List<Cell> cells) {
    StringBuilder table = new StringBuilder();
    String scenario = "";
    for (Cell cell : cells) {
      if (!cell.scenario().equals(scenario)) {
        scenario = cell.scenario();
        table.append(cell.guarantee()).append(", ").append(cell.what()).append('\n');
      }
      table.append(
          "  %-27s %-20s lmsctl bench guarantees %s %s%n"
              .formatted(cell.contender(), cell.text(), cell.scenario(), cell.contender()));
      if (cell.seen() != null) {
        table.append("    ").append(cell.seen().lines().findFirst().orElse("")).append('\n');
      }
    }
    return table.toString();
  }
}
