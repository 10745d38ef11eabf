// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator wrk: sends a request on many connections as fast as the answers come. */
record Wrk(int connections, int seconds) {
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
  private static final Pattern DONE = Pattern.compile("(\\d+) requests in ([\\d.]+)(s|m)\\b");
  private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
  private static final Pattern BROKEN =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+)");
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
   * @param answers how many came in all
   */
  record Load(double rate, double p50, double p99, long answers) {
    static final Load NONE = new Load(0, 0, 0, 0);

    /** Of several that took equally long: the mean of each figure, and all answers. */
    static Load together(List<Load> turns) {
      return new Load(
          mean(turns, Load::rate),
          mean(turns, Load::p50),
          mean(turns, Load::p99),
          turns.stream().mapToLong(Load::answers).sum());
    }

    private static double mean(List<Load> turns, ToDoubleFunction<Load> figure) {
      return turns.stream().mapToDouble(figure).average().orElseThrow();
    }
  }

  static boolean isThere() {
    return Programs.find("wrk").isPresent();
  }

  /** Fails if any answer was an error: a server that refuses must not look fast. */
  Load run(Target target) throws IOException, InterruptedException {
    String output = output(target);
    try {
      return parse(output);
    } catch (IOException e) {
      throw new IOException(target + ": " + e.getMessage(), e);
    }
  }

  /**
   * Counts only answers that were no errors. Fails if connections broke: who is refused is to hear
   * of it.
   */
  Load goodput(Target target) throws IOException, InterruptedException {
    try {
      return goodput(output(target));
    } catch (IOException e) {
      throw new IOException(target + ": " + e.getMessage(), e);
    }
  }

  private String output(Target target) throws IOException, InterruptedException {
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
    return output;
  }

  static Load goodput(String output) throws IOException {
    Matcher broken = BROKEN.matcher(output);
    if (broken.find() && !broken.group().matches(".*connect 0, read 0, write 0")) {
      throw new IOException("Connections broke: " + broken.group());
    }
    Matcher done = DONE.matcher(output);
    if (!done.find()) {
      throw new IOException("wrk told no sum: " + output);
    }
    Matcher refused = REFUSED.matcher(output);
    long errors = refused.find() ? Long.parseLong(refused.group(1)) : 0;
    double seconds = Double.parseDouble(done.group(2)) * (done.group(3).equals("m") ? 60 : 1);
    long answers = Long.parseLong(done.group(1)) - errors;
    return new Load(answers / seconds, percentile(output, 50), percentile(output, 99), answers);
  }

  static Load parse(String output) throws IOException {
    Matcher failure = FAILURE.matcher(output);
    if (failure.find()) {
      throw new IOException("Some answers were errors: " + failure.group().strip());
    }
    Matcher rate = RATE.matcher(output);
    Matcher done = DONE.matcher(output);
    if (!rate.find() || !done.find()) {
      throw new IOException("wrk told no rate: " + output);
    }
    return new Load(
        Double.parseDouble(rate.group(1)),
        percentile(output, 50),
        percentile(output, 99),
        Long.parseLong(done.group(1)));
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
