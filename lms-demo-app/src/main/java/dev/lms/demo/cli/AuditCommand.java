// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lms.demo.cache.HotPages;
import dev.lms.demo.cache.SiteAudit;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.course.Courses;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.program.Programs;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.SampleContent;
import dev.lms.pagecache.CacheStats;
import dev.lms.pagecache.PageAudit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lmsctl cache audit}. */
@Command(
    name = "audit",
    description = {
      "Looks for what shared pages say about one person, and says what would pay.",
      "Runs the site's own code beside the workers, which do not notice: each page is rendered for"
          + " two strangers and for two people, and what differs outside the holes is told with its"
          + " place and what was read. What would pay is read off what the running workers counted.",
      "Exit code 1 if a page says something about one person."
    },
    footer = {
      "%nExamples:",
      "  lmsctl cache audit",
      "  lmsctl cache audit /course/py101/view /program/webdev",
      "  lmsctl cache audit --json"
    },
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  private final List<Feature> features;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "The pages; the hot ones unless given.")
  private @Nullable List<String> paths;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  /** Looks at pages of these. */
  AuditCommand(List<Feature> features) {
    this.features = features;
  }

  @Override
  public Integer call() throws IOException {
    List<String> given = paths == null ? List.of() : paths;
    for (String path : given) {
      if (!path.matches("/(?!/)[\\x21-\\x7e]*")) {
        throw new ParameterException(
            spec.commandLine(), "'" + path + "' is not a path of this site, such as /home");
      }
    }
    Config config = Config.fromSystem();
    CacheCommand.requireDatabase(config);
    SiteAudit.Result result;
    try {
      List<String> targets = given.isEmpty() ? hotPages(config) : given;
      ProgressBar bar = ProgressBar.of("Pages", targets.size(), "pages");
      result =
          SiteAudit.of(
              config,
              ServeCommand.plan(config, OptionalInt.empty()),
              features,
              targets,
              asked -> {
                if (!json) {
                  bar.at(asked);
                }
              });
    } catch (DatabaseException e) {
      throw new CommandFailure("cannot use the database: " + e.getMessage());
    }
    List<PageAudit.Finding> leaks =
        result.findings().stream().filter(PageAudit.Finding::isLeak).toList();
    List<String> advice = PageAudit.advice(counted(config), result.findings());
    System.out.print(json ? json(result, leaks, advice) : text(result, leaks, advice));
    return leaks.isEmpty() ? 0 : 1;
  }

  private List<String> hotPages(Config config) {
    try (Database database =
        Database.open(
            config.databaseUrl(),
            1,
            Feature.tablesOf(features),
            SampleContent.of(config.environment()))) {
      List<String> pages =
          new ArrayList<>(new HotPages(new Courses(database), new Programs(database)).all());
      new Courses(database).codes(1).forEach(code -> pages.add("/course/" + code + "/take"));
      return pages;
    }
  }

  /** Of the workers that run, if any do. */
  private static CacheStats counted(Config config) {
    return Workers.together(Workers.search(config).found());
  }

  private static String text(
      SiteAudit.Result result, List<PageAudit.Finding> leaks, List<String> advice) {
    StringBuilder text = new StringBuilder();
    leaks.forEach(leak -> text.append("Leak: %s%n".formatted(leak)));
    text.append(
        "%d renders compared with one for somebody else: %s%n"
            .formatted(
                result.compared(),
                leaks.isEmpty()
                    ? "no shared page says anything about one person"
                    : leaks.size() == 1 ? "1 page leaks" : leaks.size() + " pages leak"));
    advice.forEach(sentence -> text.append("Would pay: %s%n".formatted(sentence)));
    return text.toString();
  }

  private static String json(
      SiteAudit.Result result, List<PageAudit.Finding> leaks, List<String> advice) {
    JsonObject answer = new JsonObject();
    answer.addProperty("compared", result.compared());
    JsonArray list = new JsonArray();
    for (PageAudit.Finding leak : leaks) {
      JsonObject entry = new JsonObject();
      entry.addProperty("route", leak.route());
      entry.addProperty("path", leak.path());
      entry.addProperty("variant", leak.variant().token());
      JsonArray places = new JsonArray();
      for (PageAudit.Place place : leak.places()) {
        JsonObject where = new JsonObject();
        where.addProperty("at", place.at());
        where.addProperty("before", place.before());
        places.add(where);
      }
      entry.add("places", places);
      entry.add("reads", CacheCommand.JSON.toJsonTree(leak.reads()));
      list.add(entry);
    }
    answer.add("leaks", list);
    answer.add("advice", CacheCommand.JSON.toJsonTree(advice));
    return CacheCommand.JSON.toJson(answer) + System.lineSeparator();
  }
}
