// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.cache.ExplainReport;
import dev.lms.demo.cache.PageExplainer;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.wiring.Feature;
import dev.lms.pagecache.PageCache;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lmsctl cache explain}. */
@Command(
    name = "explain",
    description = {
      "Says why a page is stored or not: its key, its variant, and the step that decided.",
      "Runs the site's own code for one request beside the workers, which do not notice. Whether"
          + " a worker holds the page just now, its Cache-Status header tells."
    },
    footer = {
      "%nExamples:",
      "  lmsctl cache explain /course/explore?page=2",
      "  lmsctl cache explain /course/py101/view --as student1 -v"
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private final List<Feature> features;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "URL",
      description = "A path with its query, or the address of the page.")
  private String url = "";

  @Option(
      names = "--as",
      paramLabel = "USER",
      description = "Who asks; an anonymous visitor unless given.")
  private @Nullable String user;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Option(
      names = {"-v", "--verbose"},
      description = "Print every step of the decision, not only the one that decided.")
  private boolean verbose;

  /** Explains pages of these. */
  ExplainCommand(List<Feature> features) {
    this.features = features;
  }

  @Override
  public Integer call() throws IOException {
    String target = target(url);
    Config config = Config.fromSystem();
    CacheCommand.requireDatabase(config);
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
    ExplainReport report = new ExplainReport(target, user, answer, showKey);
    System.out.print(json ? report.json() : report.text(verbose));
    return 0;
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
    return (path.isEmpty() ? "/" : isSpelledOut ? path : normal(path))
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
  }

  private String normal(String path) {
    try {
      return PageCache.normalPath(path);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
