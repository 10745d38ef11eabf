// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk: sends a request on many connections as fast as the answers come. */
record Wrk(int connections, int seconds) {
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
  private static final Pattern PERCENTILE =
      Pattern.compile("(?m)^\\s+(\\d+)%\\s+([\\d.]+)(us|ms|s)");
  private static final Pattern FAILURE =
      Pattern.compile("(?m)^\\s*(Socket errors|Non-2xx or 3xx responses):.*$");

  /**
   * What came of it.
   *
   * @param rate requests per second
   * @param p50 median latency in milliseconds
   * @param p99 99th percentile of latency in milliseconds
   */
  record Load(double rate, double p50, double p99) {}

  static boolean isThere() {
    return Programs.find("wrk").isPresent();
  }

  /** Fails if any answer was an error: a server that refuses must not look fast. */
  Load run(Target target) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "wrk",
                "--latency",
                "-t2",
                "-c" + connections,
                "-d" + seconds + "s",
                "--timeout",
                "10s"));
    target.headers().forEach((name, value) -> command.addAll(List.of("-H", name + ": " + value)));
    command.add(target.url());
    Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (wrk.waitFor() != 0) {
      throw new IOException("wrk failed: " + output);
    }
    try {
      return parse(output);
    } catch (IOException e) {
      throw new IOException(target + ": " + e.getMessage(), e);
    }
  }

  static Load parse(String output) throws IOException {
    Matcher failure = FAILURE.matcher(output);
    if (failure.find()) {
      throw new IOException("Some answers were errors: " + failure.group().strip());
    }
    Matcher rate = RATE.matcher(output);
    if (!rate.find()) {
      throw new IOException("wrk told no rate: " + output);
    }
    return new Load(
        Double.parseDouble(rate.group(1)), percentile(output, 50), percentile(output, 99));
  }

  private static double percentile(String output, int which) throws IOException {
    Matcher line = PERCENTILE.matcher(output);
    while (line.find()) {
      if (Integer.parseInt(line.group(1)) == which) {
        double value = Double.parseDouble(line.group(2));
        return switch (line.group(3)) {
          case "us" -> value / 1000;
          case "s" -> value * 1000;
          default -> value;
        };
      }
    }
    throw new IOException("wrk told no " + which + "th percentile: " + output);
  }
}
