// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lms.demo.account.DeviceName;
import dev.lms.demo.account.Users;
import dev.lms.demo.config.Config;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.data.Samples;
import dev.lms.demo.view.Text;
import dev.lms.demo.wiring.Feature;
import dev.lms.session.SessionCensus;
import dev.lms.session.SessionInfo;
import dev.lms.session.Sessions;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "session",
    description = {
      "Looks after sessions, while workers serve or not.",
      "Reads the same configuration as serve: run it with the same environment, in the same folder."
    },
    footer = {"%nExamples:", "  lmsctl session stats", "  lmsctl session list --user student1"},
    mixinStandardHelpOptions = true,
    subcommands = MigrateCommand.class,
    synopsisSubcommandLabel = "COMMAND")
final class SessionCommand implements Runnable {

  private final List<Feature> features;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the site with these. */
  SessionCommand(List<Feature> features) {
    this.features = features;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "stats",
      description = "Counts the sessions that are live.",
      footer = {"%nExamples:", "  lmsctl session stats --json"},
      mixinStandardHelpOptions = true)
  int stats(@Option(names = "--json", description = "As JSON.") boolean json) {
    Config config = Config.fromSystem();
    SessionCensus stats = SiteSessions.with(config, Sessions::stats);
    String store = config.sessions().store().kind().name().toLowerCase(Locale.ROOT);
    if (json) {
      JsonObject answer = new JsonObject();
      answer.addProperty("store", store);
      answer.addProperty("live", stats.live());
      answer.addProperty("signedIn", stats.signedIn());
      answer.addProperty("anonymous", stats.anonymous());
      answer.addProperty("unreadable", stats.unreadable());
      print(answer);
    } else {
      System.out.printf(
          "%d live sessions in %s: %d of people signed in, %d anonymous%n",
          stats.live(), store, stats.signedIn(), stats.anonymous());
      if (stats.unreadable() > 0) {
        System.out.printf(
            "%d in the place of sessions that nobody can read, such as another program's%n",
            stats.unreadable());
      }
    }
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists where a person is signed in.",
      footer = {"%nExamples:", "  lmsctl session list --user student1"},
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--user", paramLabel = "U", required = true, description = "Whose.")
          String user,
      @Option(names = "--json", description = "As JSON.") boolean json) {
    Config config = Config.fromSystem();
    List<SessionInfo> list = SiteSessions.with(config, sessions -> sessions.list(user));
    requireKnown(config, user, list.size());
    if (json) {
      JsonArray array = new JsonArray();
      list.forEach(info -> array.add(toJson(info)));
      JsonObject answer = new JsonObject();
      answer.addProperty("user", user);
      answer.add("sessions", array);
      print(answer);
    } else {
      System.out.printf("%s has %s%n", user, count(list.size()));
      list.forEach(info -> System.out.println(toText(info)));
    }
    return 0;
  }

  @Command(
      name = "revoke",
      description = "Signs a person out everywhere, at once.",
      footer = {
        "%nExamples:",
        "  lmsctl session revoke --user student1",
        "  lmsctl session revoke --user student1 --yes"
      },
      mixinStandardHelpOptions = true)
  int revoke(
      @Option(names = "--user", paramLabel = "U", required = true, description = "Whom.")
          String user,
      @Option(names = "--yes", description = "Do not ask.") boolean yes) {
    Confirmation confirmation = Confirmation.of(yes, spec);
    Config config = Config.fromSystem();
    int live = SiteSessions.with(config, sessions -> sessions.list(user).size());
    requireKnown(config, user, live);
    confirmation.require("End %s of %s?".formatted(count(live), user));
    int ended = SiteSessions.with(config, sessions -> sessions.revokeAll(user));
    OperatorLog.tell(
        config, "sessions-revoked", "account", user, "sessions", Integer.toString(ended));
    System.out.printf("Ended %s of %s%n", count(ended), user);
    return 0;
  }

  private static boolean hasDatabase(Config config) {
    try {
      return Database.exists(config.databaseUrl());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }

  /** Somebody without a session may have been misspelled. */
  private void requireKnown(Config config, String user, int sessions) {
    if (sessions > 0 || !hasDatabase(config)) {
      return;
    }
    try (Database database =
        Database.open(config.databaseUrl(), 1, Feature.tablesOf(features), Samples.NONE)) {
      if (new Users(database, true).account(user).isEmpty()) {
        throw new CommandFailure("there is no account " + user + ", and no session of it");
      }
    } catch (DatabaseException e) {
      throw new CommandFailure("cannot use the database: " + e.getMessage());
    }
  }

  @Command(
      name = "purge",
      description = "Ends every session of everybody, at once.",
      footer = {"%nExamples:", "  lmsctl session purge", "  lmsctl session purge --yes"},
      mixinStandardHelpOptions = true)
  int purge(@Option(names = "--yes", description = "Do not ask.") boolean yes) {
    Confirmation confirmation = Confirmation.of(yes, spec);
    Config config = Config.fromSystem();
    if (!yes) {
      long live = SiteSessions.with(config, sessions -> sessions.stats().live());
      confirmation.require("End %s, everybody's?".formatted(count(live)));
    }
    long ended = SiteSessions.with(config, Sessions::purge);
    OperatorLog.tell(config, "sessions-purged", "sessions", Long.toString(ended));
    System.out.printf("Ended %s%n", count(ended));
    return 0;
  }

  private static String count(long sessions) {
    return sessions == 1 ? "1 session" : sessions + " sessions";
  }

  private static String toText(SessionInfo info) {
    return "  %s, %s%n    signed in %s, last seen %s, ends %s%n    %s"
        .formatted(
            DeviceName.of(info.device().userAgent()),
            info.device().address().isEmpty() ? "unknown address" : info.device().address(),
            Text.moment(info.signedIn()),
            Text.moment(info.lastSeen()),
            Text.moment(info.expires()),
            info.handle());
  }

  private static JsonObject toJson(SessionInfo info) {
    JsonObject entry = new JsonObject();
    entry.addProperty("handle", info.handle());
    entry.addProperty("device", DeviceName.of(info.device().userAgent()));
    entry.addProperty("userAgent", info.device().userAgent());
    entry.addProperty("address", info.device().address());
    entry.addProperty("created", info.created().toString());
    entry.addProperty("signedIn", info.signedIn().toString());
    entry.addProperty("lastSeen", info.lastSeen().toString());
    entry.addProperty("expires", info.expires().toString());
    return entry;
  }

  private static void print(JsonObject answer) {
    System.out.println(
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(answer));
  }
}
