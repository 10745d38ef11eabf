// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.WorkerCount;
import dev.lms.pagecache.CacheStats;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The workers that serve the configured site now, as a program beside them finds them: by the notes
 * that they leave in the data folder, and on consecutive ports, for those of another folder or
 * machine. Each is known by its {@code /metrics}.
 */
public final class Workers {
  /** How far to look for workers whose number is not configured. */
  private static final int FARTHEST = 256;

  /**
   * One of them.
   *
   * @param port where it serves pages
   * @param stats what its page cache counted
   */
  public record Found(int port, CacheStats stats) {}

  /** A worker that should answer: where it serves pages, and where it tells its counts. */
  private record Place(int port, int operators) {}

  /**
   * Those that answered, and those that should have.
   *
   * @param silent ports where none answered, of workers that have left a note or that {@code
   *     LMS_WORKERS} expects
   */
  public record Search(List<Found> found, List<Integer> silent) {}

  private Workers() {}

  /** Where a server of this host and port is reached from this machine. */
  public static URI at(String host, int port) {
    String near =
        switch (host) {
          case "0.0.0.0" -> "127.0.0.1";
          case "::", "[::]" -> "[::1]";
          default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
    return URI.create("http://" + near + ":" + port);
  }

  /**
   * Asks them: those of this data folder, as a purge does. If none has left a note there, as many
   * from {@code LMS_PORT} on as {@code LMS_WORKERS} says, and all that follow without a gap, since
   * {@code serve --workers} may say more.
   */
  public static Search search(Config config) {
    List<Place> noted =
        new Roster(config)
            .workers().stream().map(note -> new Place(note.port(), note.operators())).toList();
    return noted.isEmpty() ? fromPort(config) : ask(config, noted);
  }

  /** How many serve on this machine, of this data folder or from {@code LMS_PORT} on. */
  public static int serving(Config config) {
    return (int)
        Stream.of(search(config), fromPort(config))
            .flatMap(search -> search.found().stream())
            .map(Found::port)
            .distinct()
            .count();
  }

  private static Search ask(Config config, List<Place> places) {
    List<Found> found = new ArrayList<>();
    List<Integer> silent = new ArrayList<>();
    for (Place place : places) {
      ask(config, place).ifPresentOrElse(found::add, () -> silent.add(place.port()));
    }
    return new Search(List.copyOf(found), List.copyOf(silent));
  }

  private static Optional<Found> ask(Config config, Place place) {
    try (Stranger stranger = new Stranger(at(config.web().host(), place.operators()))) {
      return Optional.of(new Found(place.port(), read(stranger.read("/metrics"))));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Search fromPort(Config config) {
    int expected = config.workers().count() instanceof WorkerCount.Fixed fixed ? fixed.count() : 1;
    List<Found> found = new ArrayList<>();
    List<Integer> silent = new ArrayList<>();
    // Port 0 says nothing about where they are.
    for (int i = 0; config.web().port() != 0 && i < FARTHEST; i++) {
      int port = config.web().port() + i;
      int asked = config.web().managementPort().orElse(config.web().port()) + i;
      Optional<Found> answer = ask(config, new Place(port, asked));
      if (answer.isEmpty() && i >= expected) {
        break;
      }
      answer.ifPresentOrElse(found::add, () -> silent.add(port));
    }
    return new Search(List.copyOf(found), List.copyOf(silent));
  }

  /** What they counted together. */
  public static CacheStats together(List<Found> workers) {
    Map<List<String>, CacheStats.Line> lines = new HashMap<>();
    long bytes = 0;
    long sharedBytes = 0;
    for (Found worker : workers) {
      bytes += worker.stats().bytes();
      sharedBytes = Math.max(sharedBytes, worker.stats().sharedBytes());
      for (CacheStats.Line line : worker.stats().lines()) {
        lines.merge(List.of(line.route(), line.variant()), line, Workers::plus);
      }
    }
    return new CacheStats(List.copyOf(lines.values()), bytes, sharedBytes);
  }

  private static CacheStats.Line plus(CacheStats.Line one, CacheStats.Line other) {
    Map<String, Long> passed = new TreeMap<>(one.passed());
    other.passed().forEach((reason, count) -> passed.merge(reason, count, Long::sum));
    return new CacheStats.Line(
        one.route(), one.variant(), one.counts().plus(other.counts()), passed);
  }

  /** Reads back what {@link CacheMetrics} wrote. */
  public static CacheStats read(String metrics) {
    Map<List<String>, Map<String, Double>> lines = new HashMap<>();
    Map<List<String>, Map<String, Long>> reasons = new HashMap<>();
    double bytes = -1;
    double sharedBytes = 0;
    for (String text : metrics.split("\n", -1)) {
      Optional<Sample> sample = Sample.parse(text);
      if (sample.isEmpty() || !sample.get().name().startsWith("lms_page_cache_")) {
        continue;
      }
      String name = sample.get().name();
      // Nothing of this is ever negative at a worker of ours.
      double value = Math.max(0, Double.parseDouble(sample.get().value()));
      Map<String, String> labels = sample.get().labels();
      if (name.equals(CacheMetrics.BYTES)) {
        bytes = value;
      } else if (name.equals(CacheMetrics.SHARED_BYTES)) {
        sharedBytes = value;
      } else if (labels.containsKey("route")) {
        List<String> line =
            List.of(labels.getOrDefault("route", ""), labels.getOrDefault("variant", ""));
        if (name.equals(CacheMetrics.PASSED)) {
          reasons
              .computeIfAbsent(line, first -> new TreeMap<>())
              .put(labels.getOrDefault("reason", ""), (long) value);
        } else {
          lines
              .computeIfAbsent(line, first -> new HashMap<>())
              .put(name + labels.getOrDefault("result", ""), value);
        }
      }
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("this is not a worker of this site");
    }
    List<CacheStats.Line> all = new ArrayList<>();
    lines.forEach(
        (line, values) -> all.add(line(line, values, reasons.getOrDefault(line, Map.of()))));
    return new CacheStats(all, (long) bytes, (long) sharedBytes);
  }

  private static CacheStats.Line line(
      List<String> line, Map<String, Double> values, Map<String, Long> reasons) {
    return new CacheStats.Line(
        line.get(0),
        line.get(1),
        CacheStats.Counts.of(
            Map.of(
                "hits", count(values, CacheMetrics.REQUESTS + "hit"),
                "stale", count(values, CacheMetrics.REQUESTS + "stale"),
                "collapsed", count(values, CacheMetrics.REQUESTS + "collapsed"),
                "misses", count(values, CacheMetrics.REQUESTS + "miss"),
                "stored", count(values, CacheMetrics.STORED),
                "refused", reasons.getOrDefault("purged", 0L),
                "bypassed", count(values, CacheMetrics.REQUESTS + "bypass"),
                "bytesServed", count(values, CacheMetrics.SERVED)),
            Duration.ofNanos((long) (values.getOrDefault(CacheMetrics.SAVED, 0.0) * 1e9))),
        reasons);
  }

  private static long count(Map<String, Double> values, String name) {
    return values.getOrDefault(name, 0.0).longValue();
  }
}
