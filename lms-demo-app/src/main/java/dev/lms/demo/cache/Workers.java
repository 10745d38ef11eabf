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

/**
 * The workers that serve the configured site now, as a program beside them finds them: on
 * consecutive ports, each known by its {@code /metrics}.
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

  /**
   * Those that answered, and those that should have.
   *
   * @param silent ports within {@code LMS_WORKERS} where none answered
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
   * Asks them: as many as {@code LMS_WORKERS} says, and all that follow without a gap, since {@code
   * serve --workers} may say more.
   */
  public static Search search(Config config) {
    int expected = config.workers().count() instanceof WorkerCount.Fixed fixed ? fixed.count() : 1;
    List<Found> found = new ArrayList<>();
    List<Integer> silent = new ArrayList<>();
    for (int i = 0; i < FARTHEST; i++) {
      int port = config.web().port() + i;
      int asked = config.web().managementPort().orElse(config.web().port()) + i;
      try (Stranger stranger = new Stranger(at(config.web().host(), asked))) {
        found.add(new Found(port, read(stranger.read("/metrics"))));
      } catch (IOException | IllegalArgumentException e) {
        if (i >= expected) {
          break;
        }
        silent.add(port);
      }
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
