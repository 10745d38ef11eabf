// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.benchmarks.http.HttpRatios;
import dev.lms.benchmarks.report.Machine;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import redis.clients.jedis.UnifiedJedis;

/**
 * JMH with a Redis of its own, at 1 and at 8 threads, and a table of ratios at the end. Takes JMH's
 * arguments.
 *
 * <p>With {@code http} as its argument it measures pages over HTTP instead: see {@link HttpRatios}.
 * With {@code lmsctl} first it is what {@code lmsctl bench} starts: see {@link Bench}.
 *
 * <p>Where JMH runs all forks of one benchmark before the next, this runs rounds of one fork of
 * each ({@code -f} says how many): what else the machine does meanwhile falls on all contenders
 * alike.
 */
public final class Main {
  private static final List<Integer> THREADS = List.of(1, 8);
  private static final String FOR_LMSCTL = "lmsctl";
  private static final String OVER_HTTP = "http";
  private static final HttpRatios.Effort OVER_HTTP_EFFORT = new HttpRatios.Effort(3, 5, 5, true);
  private static final String RESULT_FILE = "jmh-result.";

  private final CommandLineOptions asked;
  private final String redisUrl;
  private final String postgresUrl;

  private Main(CommandLineOptions asked, String redisUrl, String postgresUrl) {
    this.asked = asked;
    this.redisUrl = redisUrl;
    this.postgresUrl = postgresUrl;
  }

  /** Exits with 0 when all ran, 1 when a benchmark failed, 2 for arguments that ask for nothing. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(run(args));
  }

  private static int run(String[] args) throws IOException, InterruptedException {
    if (args.length > 0 && args[0].equals(FOR_LMSCTL)) {
      return new Bench(Clock.systemUTC(), System.out).run(List.of(args).subList(1, args.length));
    }
    if (args.length > 0 && args[0].equals(OVER_HTTP)) {
      return overHttp(args.length - 1);
    }
    try {
      CommandLineOptions asked = new CommandLineOptions(args);
      if (asksToBeTold(asked)) {
        org.openjdk.jmh.Main.main(args);
      } else {
        new Main(asked, redisUrl(asked), postgresUrl(asked)).run();
      }
      return 0;
    } catch (CommandLineOptionException e) {
      System.err.println(e.getMessage());
      return 2;
    } catch (NoBenchmarksException e) {
      System.err.println("No matching benchmarks; -l lists them all.");
      return 2;
    } catch (RunnerException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  private static int overHttp(int arguments) throws InterruptedException {
    if (arguments > 0) {
      System.err.println("Usage: java -jar benchmarks.jar http");
      return 2;
    }
    try {
      HttpRatios.Outcome outcome =
          HttpRatios.measure(OVER_HTTP_EFFORT, (what, seconds) -> System.out.println("  " + what));
      System.out.println();
      outcome
          .rates()
          .forEach(
              rate ->
                  System.out.printf(
                      Locale.ROOT,
                      "%-36s  %12.0f requests/s, p50 %.2f ms, p99 %.2f ms%n",
                      rate.name(),
                      Spread.of(rate.rounds()).value(),
                      rate.p50(),
                      rate.p99()));
      System.out.println();
      System.out.print(Ratio.table(outcome.ratios()));
      System.out.println();
      outcome.missing().forEach(System.out::println);
      return 0;
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  private static boolean asksToBeTold(CommandLineOptions asked) {
    return asked.shouldHelp()
        || asked.shouldList()
        || asked.shouldListWithParams()
        || asked.shouldListProfilers()
        || asked.shouldListResultFormats();
  }

  /** Empty where nobody asks for one. */
  private static String postgresUrl(CommandLineOptions asked) throws CommandLineOptionException {
    Collection<String> given =
        asked.getParameter(JdbcBenchmark.Shared.URL_PARAMETER).orElse(List.of());
    if (given.size() > 1) {
      throw new CommandLineOptionException("Name one PostgreSQL; a ratio of two says nothing.");
    }
    boolean needed =
        asked.getIncludes().isEmpty()
            || asked.getIncludes().stream().anyMatch(name -> name.contains("Jdbc"));
    if (!given.isEmpty() || !needed || !PostgresServer.isInstalled()) {
      return given.stream().findFirst().orElse("");
    }
    PostgresServer server = PostgresServer.start("fsync=off", "full_page_writes=off");
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server.newDatabase();
  }

  private static String redisUrl(CommandLineOptions asked) throws CommandLineOptionException {
    Collection<String> given =
        asked.getParameter(RedisBenchmark.Shared.URL_PARAMETER).orElse(List.of());
    if (given.size() > 1) {
      throw new CommandLineOptionException("Name one Redis; a ratio of two says nothing.");
    }
    return given.isEmpty() ? ownRedis() : given.iterator().next();
  }

  private static String ownRedis() {
    RedisServer server = RedisServer.start();
    // However this program ends.
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server.url();
  }

  private void run() throws RunnerException, IOException {
    double atWork = Machine.processorsAtWork();
    int rounds = Math.max(1, asked.getForkCount().orElse(1));
    List<Integer> threadCounts =
        asked.getThreads().hasValue() ? List.of(asked.getThreads().get()) : THREADS;
    List<Score> scores = new ArrayList<>();
    List<RunResult> results = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      for (int threads : threadCounts) {
        for (RunResult result : new Runner(round(threads)).run()) {
          results.add(result);
          scores.addAll(Score.of(result, round));
        }
      }
    }
    writeResults(results);
    System.out.println();
    System.out.println(machine(results.get(0).getParams(), atWork));
    if (Machine.isBusy(atWork, operatingSystem().getAvailableProcessors())) {
      System.out.println("The machine was busy when this began: do not trust these figures.");
    }
    System.out.println("Ratios of this run, store / other contender; the quickest rounds count");
    System.out.println();
    System.out.print(Ratios.table(scores));
    String judged = Ratios.judged(scores);
    if (!judged.isEmpty()) {
      System.out.println();
      System.out.println(
          "The limits this project set itself; at least so many times: other / store");
      System.out.println();
      System.out.print(judged);
    }
  }

  /** What was asked for, but one fork of each benchmark (or none, for a debugger). */
  private Options round(int threads) {
    return new OptionsBuilder()
        .parent(asked)
        .forks(Math.min(1, asked.getForkCount().orElse(1)))
        .threads(threads)
        .param(RedisBenchmark.Shared.URL_PARAMETER, redisUrl)
        .param(JdbcBenchmark.Shared.URL_PARAMETER, postgresUrl)
        // A contender that failed must not look like one that was not asked for.
        .shouldFailOnError(true)
        .build();
  }

  /** Each run of JMH overwrites the file of the one before, so all are written at the end. */
  private void writeResults(List<RunResult> results) {
    if (asked.getResultFormat().hasValue() || asked.getResult().hasValue()) {
      ResultFormatType format = asked.getResultFormat().orElse(ResultFormatType.CSV);
      String file =
          asked.getResult().orElse(RESULT_FILE + format.toString().toLowerCase(Locale.ROOT));
      ResultFormatFactory.getInstance(format, file).writeOut(results);
    }
  }

  private String machine(BenchmarkParams params, double atWork) throws IOException {
    OperatingSystemMXBean system = operatingSystem();
    return String.format(
        Locale.ROOT,
        "%d processors, %s %s; JDK %s; Redis %s; files on %s; %.1f processors at work before",
        system.getAvailableProcessors(),
        system.getName(),
        system.getArch(),
        params.getJdkVersion(),
        redisVersion(),
        fileSystem(),
        atWork);
  }

  private static OperatingSystemMXBean operatingSystem() {
    return ManagementFactory.getOperatingSystemMXBean();
  }

  private String redisVersion() {
    try (UnifiedJedis redis = RedisConnections.open(redisUrl, 1)) {
      Matcher version = Pattern.compile("redis_version:(\\S+)").matcher(redis.info("server"));
      return version.find() ? version.group(1) : "unknown";
    }
  }

  private static String fileSystem() throws IOException {
    Path probe = Files.createTempFile("lms-benchmark", "");
    try {
      return Files.getFileStore(probe).type();
    } finally {
      Files.delete(probe);
    }
  }
}
