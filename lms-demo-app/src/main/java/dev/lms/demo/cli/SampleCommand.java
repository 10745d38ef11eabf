// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.DataFolder;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.data.Samples;
import dev.lms.demo.data.Sql;
import dev.lms.demo.data.Tables;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.PagePurge;
import dev.lms.demo.wiring.SampleContent;
import dev.lms.pagecache.store.PageStoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "sample",
    description = "Brings the sample catalogue.",
    footer = {"%nExamples:", "  lmsctl sample load"},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class SampleCommand implements Runnable {
  private final List<Feature> features;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the site with these. */
  SampleCommand(List<Feature> features) {
    this.features = features;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  private record Count(long courses, long programs) {
    static Count of(Sql sql) throws SQLException {
      return new Count(
          sql.number("SELECT count(*) FROM courses"), sql.number("SELECT count(*) FROM programs"));
    }
  }

  @Command(
      name = "load",
      description = {
        "Adds the sample courses and programs that are not there, while the site runs.",
        "In development the sample accounts too. What was edited stays as it is."
      },
      footer = {"%nExamples:", "  lmsctl sample load"},
      mixinStandardHelpOptions = true)
  int load() throws IOException {
    Config config = Config.fromSystem();
    DataFolder.create(config.dataDir()); // The site may begin with this.
    Count added = add(config);
    if (added.courses() > 0 || added.programs() > 0) {
      purge(config);
    }
    OperatorLog.tell(
        config,
        "sample-loaded",
        "courses",
        Long.toString(added.courses()),
        "programs",
        Long.toString(added.programs()));
    System.out.printf("Added %d courses and %d programs%n", added.courses(), added.programs());
    return 0;
  }

  private Count add(Config config) {
    List<Tables> tables = Feature.tablesOf(features);
    boolean accounts = SampleContent.of(config.environment()) == Samples.ACCOUNTS;
    try (Database database = Database.open(config.databaseUrl(), 1, tables, Samples.NONE)) {
      return database.write(
          sql -> {
            Count before = Count.of(sql);
            for (Tables some : tables) {
              some.addSampleCatalogue(sql);
            }
            if (accounts) {
              for (Tables some : tables) {
                some.addSampleAccounts(sql);
              }
            }
            Count after = Count.of(sql);
            return new Count(
                after.courses() - before.courses(), after.programs() - before.programs());
          });
    } catch (DatabaseException | IllegalArgumentException e) {
      throw new CommandFailure("cannot use the database: " + e.getMessage());
    }
  }

  private static void purge(Config config) throws IOException {
    try {
      PagePurge.purge(config, List.of("courses", "programs"), List.of());
    } catch (NoSuchFileException e) {
      // No worker has ever kept a page here.
    } catch (PageStoreException e) {
      throw new CommandFailure(
          "it is loaded, but old pages may be shown for a minute or two: " + e.getMessage());
    }
  }
}
