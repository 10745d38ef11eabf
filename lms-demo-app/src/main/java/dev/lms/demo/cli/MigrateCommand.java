// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.StoreAddress;
import dev.lms.demo.data.Connections;
import dev.lms.demo.data.Database;
import dev.lms.demo.wiring.Migrations;
import dev.lms.session.SessionStoreException;
import dev.lms.session.migration.Migration;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "migrate",
    description = {
      "Moves live sessions from one store to another; nobody is signed out.",
      "",
      "A site that runs is switched first: configure it for the new store, set"
          + " SESSION_MIGRATE_FROM to the old one, and restart its workers one by one. It serves"
          + " from both while this moves sessions. When this has ended, remove"
          + " SESSION_MIGRATE_FROM and restart the workers once more.",
      "",
      "A URL is file:/folder, redis://… as in SESSION_REDIS_URL, or postgresql://… as in"
          + " DATABASE_URL. May be interrupted and begun again."
    },
    footer = {
      "%nExamples:",
      "  lmsctl session migrate --from file:/srv/lms/sessions --to redis://10.0.0.5 --dry-run",
      "  lmsctl session migrate --from file:/srv/lms/sessions --to redis://10.0.0.5"
    },
    mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Option(names = "--from", paramLabel = "URL", required = true, description = "The old store.")
  private String from = "";

  @Option(names = "--to", paramLabel = "URL", required = true, description = "The new store.")
  private String to = "";

  @Option(names = "--dry-run", description = "Say what would move, and change nothing.")
  private boolean dryRun;

  @Spec private CommandSpec spec = CommandSpec.create();

  private StoreAddress address(String option, String url) {
    try {
      return StoreAddress.parse(url);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage());
    }
  }

  @Override
  public Integer call() {
    StoreAddress source = address("--from", from);
    StoreAddress target = address("--to", to);
    if (source.equals(target)) {
      throw new ParameterException(spec.commandLine(), "--from and --to are the same store");
    }
    if (source instanceof StoreAddress.InFiles files && !Files.isDirectory(files.folder())) {
      throw new CommandFailure("there is no session folder " + files.folder());
    }
    if (source instanceof StoreAddress.InDatabase tables && !Database.exists(tables.url())) {
      throw new CommandFailure("there is no database " + tables);
    }
    Config config = Config.fromSystem();
    return SiteSessions.withKeys(config, keyed -> migrate(keyed, source, target));
  }

  private int migrate(Config config, StoreAddress source, StoreAddress target) {
    // For a look no folder is made, and no table; what moves to any of them is the same.
    StoreAddress opened = dryRun && !isThere(target) ? source : target;
    try (Migrations stores = Migrations.open(config, source, opened)) {
      Migration.Count before = stores.migration().count();
      if (dryRun) {
        System.out.printf(
            "Would move %s from %s to %s%n", count(before.sessions()), source, target);
        tell(before.left());
        System.out.printf("Nothing was changed%n");
        return 0;
      }
      return move(config, stores.migration(), before.sessions(), source, target);
    } catch (IllegalArgumentException | SessionStoreException e) {
      // What they say names the folder or server and the remedy.
      throw new CommandFailure("cannot move the sessions: " + e.getMessage());
    } catch (IllegalStateException e) {
      throw new CommandFailure(e.getMessage() + "; nothing was moved");
    }
  }

  /** Whether it can be looked at as it is. */
  private static boolean isThere(StoreAddress target) {
    return switch (target) {
      case StoreAddress.InRedis any -> true;
      case StoreAddress.InFiles files -> Files.isDirectory(files.folder());
      case StoreAddress.InDatabase tables -> {
        if (Database.exists(tables.url())) {
          reach(tables);
        }
        yield false;
      }
    };
  }

  private static void reach(StoreAddress.InDatabase target) {
    try (Connections connections = Database.connections(target.url());
        Connection one = connections.getConnection()) {
      one.getAutoCommit();
    } catch (SQLException e) {
      throw new CommandFailure("cannot reach the database " + target + ": " + e.getMessage());
    }
  }

  private static int move(
      Config config, Migration migration, long total, StoreAddress source, StoreAddress target) {
    int serving = Workers.serving(config);
    int knowing = migration.workers().size();
    if (serving > knowing) {
      throw new CommandFailure(
          "%d of %d workers on this machine serve from one store only; set SESSION_MIGRATE_FROM=%s, configure %s, and restart them first; nothing was moved"
              .formatted(serving - knowing, serving, source, target));
    }
    Set<String> workers = migration.begin(PATIENCE);
    System.out.printf(
        "%s%n",
        workers.isEmpty()
            ? "No worker serves from either store, as far as they say"
            : workers.size() + " workers serve from both stores");
    MoveProgress progress = MoveProgress.of(total, System.out, System::nanoTime);
    Migration.Count moved = migration.move(progress);
    OperatorLog.tell(
        config,
        "sessions-moved",
        "sessions",
        Long.toString(moved.sessions()),
        "from",
        source.toString(),
        "to",
        target.toString());
    System.out.printf("Moved %s from %s to %s%n", count(moved.sessions()), source, target);
    tell(moved.left());
    if (!moved.left().isNothing()) {
      System.out.printf("Not done: leave SESSION_MIGRATE_FROM as it is, and run this again%n");
      return moved.left().failed() > 0 ? 1 : 0;
    }
    System.out.printf(
        "Every one was found in the new store, and none is left in the old one.%n"
            + "Now remove SESSION_MIGRATE_FROM and restart the workers%n");
    return 0;
  }

  private static void tell(Migration.Left left) {
    if (left.waiting() > 0) {
      System.out.printf(
          "%s of an older version: each moves when its browser sends a request%n",
          count(left.waiting()));
    }
    if (left.unreadable() > 0) {
      System.out.printf(
          "%d in the place of sessions that nobody can read stay where they are%n",
          left.unreadable());
    }
    if (left.failed() > 0) {
      System.out.printf("%s did not arrive and are still in the old store%n", count(left.failed()));
    }
  }

  private static String count(long sessions) {
    return sessions == 1 ? "1 session" : sessions + " sessions";
  }
}
