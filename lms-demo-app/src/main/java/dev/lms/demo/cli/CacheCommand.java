// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.lms.demo.cache.CacheReport;
import dev.lms.demo.cache.HotPages;
import dev.lms.demo.cache.Reach;
import dev.lms.demo.cache.Warming;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.KeyUse;
import dev.lms.demo.config.SecretKeyFile;
import dev.lms.demo.course.Courses;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.program.Programs;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.PagePurge;
import dev.lms.demo.wiring.Purged;
import dev.lms.demo.wiring.SampleContent;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.Warmer;
import dev.lms.pagecache.store.PageStoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "cache",
    description = {
      "Looks after the page cache of the workers that serve.",
      "Reads the same configuration as serve: run it with the same environment, in the same folder."
    },
    footer = {"%nExamples:", "  lmsctl cache stats", "  lmsctl cache purge --tag course:py101"},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class CacheCommand implements Runnable {
  static final Gson JSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final List<Feature> features;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the site with these. */
  CacheCommand(List<Feature> features) {
    this.features = features;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "stats",
      description = "What the page caches of all running workers counted, by variant and route.",
      footer = {"%nExamples:", "  lmsctl cache stats", "  lmsctl cache stats --watch"},
      mixinStandardHelpOptions = true)
  int stats(
      @Option(names = "--json", description = "As JSON.") boolean json,
      @Option(
              names = "--watch",
              description = "Again every two seconds, until it is stopped with Ctrl-C.")
          boolean watch)
      throws InterruptedException {
    Config config = Config.fromSystem();
    int result = stats(config, json);
    CountDownLatch never = new CountDownLatch(1);
    while (watch && !never.await(2, TimeUnit.SECONDS)) {
      System.out.println();
      result = stats(config, json);
    }
    return result;
  }

  private static int stats(Config config, boolean json) {
    Workers.Search search = running(config);
    CacheReport report = CacheReport.of(Workers.together(search.found()));
    if (json) {
      JsonObject answer = new JsonObject();
      answer.add("workers", JSON.toJsonTree(ports(search)));
      answer.add("silent", JSON.toJsonTree(search.silent()));
      JSON.toJsonTree(report)
          .getAsJsonObject()
          .entrySet()
          .forEach(entry -> answer.add(entry.getKey(), entry.getValue()));
      System.out.println(JSON.toJson(answer));
    } else {
      System.out.printf(
          "%s %s; pages take %d KB in the workers, %d KB in Redis%n",
          search.found().size() == 1
              ? "1 worker on port"
              : search.found().size() + " workers on ports",
          ports(search).stream().map(String::valueOf).collect(Collectors.joining(", ")),
          report.bytes() / 1024,
          report.sharedBytes() / 1024);
      StatsTable.of(report).forEach(System.out::println);
      if (!report.passed().isEmpty()) {
        System.out.println(
            "Not from the cache and not stored: "
                + report.passed().entrySet().stream()
                    .map(reason -> reason.getKey() + " " + reason.getValue())
                    .collect(Collectors.joining(", ")));
      }
    }
    System.out.flush();
    search.silent().forEach(port -> System.err.println("No worker answers on port " + port));
    return search.silent().isEmpty() ? 0 : 1;
  }

  private static List<Integer> ports(Workers.Search search) {
    return search.found().stream().map(Workers.Found::port).toList();
  }

  @Command(
      name = "purge",
      description = {
        "Makes stored pages unusable on all workers, at once: when it ends, no request gets one.",
        "Without an option: all pages."
      },
      footer = {
        "%nExamples:",
        "  lmsctl cache purge --tag course:py101",
        "  lmsctl cache purge --path /course/explore",
        "  lmsctl cache purge"
      },
      mixinStandardHelpOptions = true)
  int purge(
      @Option(
              names = "--tag",
              paramLabel = "T",
              description = "Those with this tag, such as course:py101.")
          @Nullable List<String> tags,
      @Option(
              names = "--path",
              paramLabel = "P",
              description = "Those of this path, however it is spelled, whatever their query.")
          @Nullable List<String> paths)
      throws IOException {
    List<String> byTag = tags == null ? List.of() : tags;
    List<String> byPath = paths == null ? List.of() : paths.stream().map(this::path).toList();
    byTag.stream()
        .filter(tag -> tag.isBlank() || tag.contains(","))
        .findFirst()
        .ifPresent(
            tag -> {
              throw wrong("--tag '" + tag + "': a tag is not empty and has no comma");
            });
    Config config = Config.fromSystem();
    try {
      Purged reach = reach(config, byTag, byPath);
      String where = PagePurge.purge(config, byTag, byPath);
      OperatorLog.tell(
          config, "pages-purged", "tag", String.join(",", byTag), "path", String.join(",", byPath));
      if (byTag.isEmpty() && byPath.isEmpty()) {
        System.out.println("Purged all pages on " + where);
      }
      byTag.forEach(tag -> System.out.println("Purged the tag " + tag + " on " + where));
      byPath.forEach(path -> System.out.println("Purged the path " + path + " on " + where));
      System.out.println(reach.workers() == 0 ? "No worker runs here just now" : reach.toString());
      return 0;
    } catch (NoSuchFileException e) {
      throw new CommandFailure(
          "no worker shares its purges in "
              + e.getFile()
              + "; set LMS_DATA_DIR, or CACHE_REDIS_URL, as the site has it");
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    } catch (PageStoreException e) {
      throw new CommandFailure(
          "the purge may not have reached all workers: "
              + e.getMessage()
              + "; run it again when the store answers");
    }
  }

  /** What the purge will reach; workers answer only who knows the site's key. */
  private static Purged reach(Config config, List<String> tags, List<String> paths) {
    if (config.secrets().key().isPresent()) {
      return new Reach(config).of(tags, paths);
    }
    if (!new SecretKeyFile(config.dataDir()).exists()) {
      return new Purged(0, 0);
    }
    try (KeyUse use = KeyUse.begin(config.dataDir())) {
      return new Reach(config.withSecretKey(use.keys().signing(), List.of())).of(tags, paths);
    }
  }

  @Command(
      name = "warm",
      description = {
        "Visits the hot pages of every running worker anonymously, so that they are stored.",
        "One at a time, at most twenty a second. Workers do so by themselves when they start."
      },
      footer = {"%nExamples:", "  lmsctl cache warm"},
      mixinStandardHelpOptions = true)
  int warm() throws InterruptedException {
    Config config = Config.fromSystem();
    Workers.Search search = running(config);
    List<String> pages = hotPages(config);
    long failed = 0;
    for (Workers.Found worker : search.found()) {
      failed += warm(config, worker.port(), pages);
    }
    search.silent().forEach(port -> System.err.println("No worker answers on port " + port));
    return failed == 0 && search.silent().isEmpty() ? 0 : 1;
  }

  private List<String> hotPages(Config config) {
    requireDatabase(config);
    try (Database database =
        Database.open(
            config.databaseUrl(),
            1,
            Feature.tablesOf(features),
            SampleContent.of(config.environment()))) {
      return new HotPages(new Courses(database), new Programs(database)).all();
    } catch (DatabaseException e) {
      throw new CommandFailure("cannot read the catalogue: " + e.getMessage());
    }
  }

  private static long warm(Config config, int port, List<String> pages)
      throws InterruptedException {
    CountDownLatch left = new CountDownLatch(pages.size());
    ProgressBar bar = ProgressBar.of("Port " + port, pages.size(), "pages");
    try (Warming warming =
        new Warming(
            Workers.at(config.web().host(), port),
            progress -> {
              bar.at(progress.visited() + progress.failed());
              left.countDown();
            })) {
      warming.warm(pages);
      left.await();
      Warmer.Progress end = warming.progress();
      if (end.failed() > 0) {
        System.err.printf("Port %d: %d pages could not be stored%n", port, end.failed());
      }
      return end.failed();
    }
  }

  /** As keys have it. */
  private String path(String given) {
    try {
      return PageCache.normalPath(given);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /** Workers that run; at least one. */
  private static Workers.Search running(Config config) {
    Workers.Search search = Workers.search(config);
    if (search.found().isEmpty()) {
      throw new CommandFailure(
          "no worker has left a note in "
              + config.dataDir().resolve("workers")
              + ", and none answers on "
              + Workers.at(
                  config.web().host(), config.web().managementPort().orElse(config.web().port()))
              + "/metrics; start the site, or set LMS_DATA_DIR, LMS_HOST and LMS_PORT as it"
              + " has them");
    }
    return search;
  }

  static void requireDatabase(Config config) {
    boolean exists;
    try {
      exists = Database.exists(config.databaseUrl());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    if (!exists) {
      throw new CommandFailure(
          "there is no database "
              + config.databaseUrl()
              + "; set LMS_DATA_DIR or DATABASE_URL as the site has it");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
