package dev.lms.demo.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lms.demo.cache.PageExplainer;
import dev.lms.demo.wiring.PagePurge;
import dev.lms.demo.cache.CacheReport;
import dev.lms.demo.cache.HotPages;
import dev.lms.demo.cache.Warming;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.course.Courses;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.program.Programs;
import dev.lms.demo.wiring.Feature;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.PageKey;
import dev.lms.pagecache.PageStoreException;
import dev.lms.pagecache.Reason;
import dev.lms.pagecache.StoragePolicy;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.Verdict;
import dev.lms.pagecache.Warmer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "cache",
    description = {
      "Looks after the page cache of the workers that serve.",
      "Reads the same configuration as serve: run it with the same environment, in the same folder."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class CacheCommand implements Runnable {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private static final String HIDDEN = "(hidden in production)";

  private final List<Feature> features;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Explains pages of these. */
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
      mixinStandardHelpOptions = true)
  int stats(@Option(names = "--json", description = "As JSON.") boolean json) {
    Workers.Search search = running(Config.fromSystem());
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
          "%s on port %s; pages take %d KB in the workers, %d KB in Redis%n",
          search.found().size() == 1 ? "1 worker" : search.found().size() + " workers",
          ports(search).stream().map(String::valueOf).collect(Collectors.joining(", ")),
          report.bytes() / 1024,
          report.sharedBytes() / 1024);
      report.variants().forEach((variant, counts) -> print(variant, counts));
      report
          .routes()
          .forEach(
              (route, variants) -> {
                System.out.println(route);
                variants.forEach((variant, counts) -> print("  " + variant, counts));
              });
    }
    search.silent().forEach(port -> System.err.println("No worker answers on port " + port));
    return search.silent().isEmpty() ? 0 : 1;
  }

  private static List<Integer> ports(Workers.Search search) {
    return search.found().stream().map(Workers.Found::port).toList();
  }

  private static void print(String what, CacheReport.Counts counts) {
    long fromStore = counts.hits() + counts.stale() + counts.collapsed();
    if (fromStore + counts.misses() + counts.bypassed() == 0) {
      return;
    }
    System.out.printf(
        "%-10s hits %d, stale %d, collapsed %d, misses %d (stored %d), bypassed %d; %d KB served,"
            + " %.3f s of rendering saved%s%n",
        what,
        counts.hits(),
        counts.stale(),
        counts.collapsed(),
        counts.misses(),
        counts.stored(),
        counts.bypassed(),
        counts.bytesServed() / 1024,
        counts.renderSecondsSaved(),
        counts.passed().isEmpty() ? "" : "; not cached: " + counts.passed());
  }

  @Command(
      name = "purge",
      description = {
        "Makes stored pages unusable on all workers, at once: when it ends, no request gets one.",
        "Without an option: all pages."
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
      String where = PagePurge.purge(config, byTag, byPath);
      if (byTag.isEmpty() && byPath.isEmpty()) {
        System.out.println("Purged all pages on " + where);
      }
      byTag.forEach(tag -> System.out.println("Purged the tag " + tag + " on " + where));
      byPath.forEach(path -> System.out.println("Purged the path " + path + " on " + where));
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

  @Command(
      name = "warm",
      description = {
        "Visits the hot pages of every running worker as a stranger, so that they are stored.",
        "One at a time, at most twenty a second. Workers do so by themselves when they start."
      },
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
    boolean samples = config.environment() == Environment.DEVELOPMENT;
    try (Database database =
        Database.open(config.databaseUrl(), 1, Feature.tablesOf(features), samples)) {
      return new HotPages(new Courses(database), new Programs(database)).all();
    } catch (DatabaseException e) {
      throw new CommandFailure("cannot read the catalogue: " + e.getMessage());
    }
  }

  private static long warm(Config config, int port, List<String> pages)
      throws InterruptedException {
    CountDownLatch left = new CountDownLatch(pages.size());
    int step = Math.max(1, pages.size() / 10);
    try (Warming warming =
        new Warming(
            Workers.at(config.web().host(), port),
            progress -> {
              long done = progress.visited() + progress.failed();
              if (done % step == 0 || done == pages.size()) {
                System.out.printf("Port %d: %d of %d pages%n", port, done, pages.size());
              }
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

  @Command(
      name = "explain",
      description = {
        "Says why a page is stored or not: its key, its variant, and every step of the decision.",
        "Runs the site's own code for one request beside the workers, which do not notice. Whether"
            + " a worker holds the page just now, its Cache-Status header tells."
      },
      mixinStandardHelpOptions = true)
  int explain(
      @Parameters(
              paramLabel = "URL",
              description = "A path with its query, or the address of the page.")
          String url,
      @Option(
              names = "--as",
              paramLabel = "USER",
              description = "Who asks; a stranger unless given.")
          @Nullable String user,
      @Option(names = "--json", description = "As JSON.") boolean json)
      throws IOException {
    String target = target(url);
    Config config = Config.fromSystem();
    requireDatabase(config);
    PageExplainer.Answer answer;
    try {
      answer =
          PageExplainer.explain(
                  config,
                  ServeCommand.plan(config, OptionalInt.empty()),
                  features,
                  target,
                  Optional.ofNullable(user))
              .orElseThrow(
                  () ->
                      new CommandFailure(
                          "there is no account "
                              + user
                              + (config.environment() == Environment.DEVELOPMENT
                                  ? ""
                                  : "; sample accounts are in development only")));
    } catch (DatabaseException e) {
      throw new CommandFailure("cannot use the database: " + e.getMessage());
    }
    boolean showKey = config.environment() != Environment.PRODUCTION;
    if (json) {
      System.out.println(JSON.toJson(toJson(target, user, answer, showKey)));
    } else {
      System.out.print(toText(target, user, answer, showKey));
    }
    return 0;
  }

  /** As keys have it. */
  private String path(String given) {
    try {
      return PageKey.normalPath(given);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private String target(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw wrong("'" + url + "' is not a URL: percent-encode what is special");
    }
    String path = uri.getRawPath();
    if (path == null || (!path.startsWith("/") && !path.isEmpty()) || uri.isOpaque()) {
      throw wrong("'" + url + "' is not a URL of this site; give a path such as /home");
    }
    boolean isSpelledOut = path.chars().allMatch(c -> c < 0x80);
    return (path.isEmpty() ? "/" : isSpelledOut ? path : path(path))
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private static JsonObject toJson(
      String target, @Nullable String user, PageExplainer.Answer answer, boolean showKey) {
    Explanation explained = answer.explanation();
    JsonObject json = new JsonObject();
    json.addProperty("url", target);
    json.addProperty("as", user);
    json.addProperty("route", explained.route());
    json.addProperty("variant", variant(explained).kind().token());
    JsonArray key = new JsonArray();
    for (PageKey.Part part : parts(explained)) {
      JsonObject entry = new JsonObject();
      entry.addProperty("part", part.name());
      entry.addProperty("value", showKey ? part.value() : HIDDEN);
      key.add(entry);
    }
    json.add("key", key);
    json.add("request", steps(explained.request()));
    json.add("answer", steps(explained.render()));
    json.addProperty("stored", explained.verdict() instanceof Verdict.Store);
    switch (explained.verdict()) {
      case Verdict.Store store -> {
        json.addProperty("ttl", store.ttl().toSeconds());
        json.add("tags", JSON.toJsonTree(new TreeSet<>(explained.tags())));
      }
      case Verdict.Pass pass -> {
        json.addProperty("reason", pass.reason().token());
        json.addProperty("meaning", pass.reason().meaning());
      }
    }
    json.addProperty("status", answer.status());
    json.addProperty("cacheStatus", answer.cacheStatus());
    return json;
  }

  private static JsonArray steps(List<StoragePolicy.Answered> steps) {
    JsonArray array = new JsonArray();
    for (StoragePolicy.Answered step : steps) {
      JsonObject entry = new JsonObject();
      entry.addProperty("step", step.reason().token());
      entry.addProperty("verdict", step.objects() ? "pass" : "ok");
      array.add(entry);
    }
    return array;
  }

  private static String toText(
      String target, @Nullable String user, PageExplainer.Answer answer, boolean showKey) {
    Explanation explained = answer.explanation();
    StringBuilder text = new StringBuilder();
    text.append("GET %s as %s%n".formatted(target, user == null ? "a stranger" : user));
    text.append("Route    %s%n".formatted(explained.route()));
    text.append("Variant  %s%n".formatted(variant(explained).kind().token()));
    String label = "Key      ";
    for (PageKey.Part part : parts(explained)) {
      text.append("%s%-9s %s%n".formatted(label, part.name(), showKey ? part.value() : HIDDEN));
      label = "         ";
    }
    append(text, "Request", explained.request());
    append(text, "Answer", explained.render());
    text.append(
        switch (explained.verdict()) {
          case Verdict.Store store ->
              "Stored   for %d s, purged by its path and by the tags %s%n"
                  .formatted(store.ttl().toSeconds(), new TreeSet<>(explained.tags()));
          case Verdict.Pass pass ->
              "Refused  %s: %s%n".formatted(pass.reason().token(), pass.reason().meaning());
        });
    text.append("Answered %d, Cache-Status: %s%n".formatted(answer.status(), answer.cacheStatus()));
    return text.toString();
  }

  private static void append(StringBuilder text, String what, List<StoragePolicy.Answered> steps) {
    String label = "%-9s".formatted(what);
    boolean decided = false;
    for (StoragePolicy.Answered step : steps) {
      Reason reason = step.reason();
      String verdict = step.objects() ? "PASS: " + reason.meaning() : "ok";
      text.append(
          "%s%-13s %s%s%n"
              .formatted(
                  label,
                  reason.token(),
                  verdict,
                  step.objects() && decided ? " (not decisive)" : ""));
      decided |= step.objects();
      label = "         ";
    }
  }

  private static List<PageKey.Part> parts(Explanation explained) {
    return explained
        .key()
        .map(key -> key.withVariant(variant(explained)).parts())
        .orElse(List.of());
  }

  /** For whom it is stored, or would be. */
  private static Variant variant(Explanation explained) {
    return explained.verdict() instanceof Verdict.Store store
        ? store.variant()
        : explained
            .key()
            .map(PageKey::variant)
            .orElseGet(() -> explained.asker().map(Variant::user).orElse(Variant.UNKNOWN));
  }

  /** Workers that run; at least one. */
  private static Workers.Search running(Config config) {
    if (config.web().port() == 0) {
      throw new CommandFailure(
          "LMS_PORT=0 says nothing about where the workers are; set it to the port of the first");
    }
    Workers.Search search = Workers.search(config);
    if (search.found().isEmpty()) {
      throw new CommandFailure(
          "no worker answers on "
              + Workers.at(
                  config.web().host(), config.web().managementPort().orElse(config.web().port()))
              + "/metrics; start the site, or set LMS_HOST, LMS_PORT and LMS_MANAGEMENT_PORT as it"
              + " has them");
    }
    return search;
  }

  private static void requireDatabase(Config config) {
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
