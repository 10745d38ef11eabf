// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lms.demo.account.Account;
import dev.lms.demo.account.PasswordPolicy;
import dev.lms.demo.account.Users;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.DataFolder;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.SampleContent;
import dev.lms.session.Sessions;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "user",
    description = {
      "Looks after accounts, while workers serve or not.",
      "A change has taken hold on every worker, in every session, when the command has returned.",
      "Reads the same configuration as serve: run it with the same environment, in the same folder."
    },
    footer = {
      "%nExamples:",
      "  lmsctl user add ada --display \"Ada Lovelace\" --role instructor",
      "  lmsctl user list"
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class UserCommand implements Runnable {
  private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int LONGEST_DISPLAY = 100;

  /** What a shell offers. */
  static final class RoleNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return new TreeSet<>(Account.ROLES).iterator();
    }
  }

  private final List<Feature> features;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the site with these. */
  UserCommand(List<Feature> features) {
    this.features = features;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "add",
      description = "Adds an account. Asks for its password.",
      footer = {
        "%nExamples:",
        "  lmsctl user add ada --display \"Ada Lovelace\" --role instructor",
        "  lmsctl user add root --display \"The Admin\" --role admin < password.txt"
      },
      mixinStandardHelpOptions = true)
  int add(
      @Parameters(paramLabel = "NAME", description = "What the person types to sign in.")
          String name,
      @Option(names = "--display", required = true, description = "What pages call the person.")
          String display,
      @Option(
              names = "--role",
              arity = "1..*",
              required = true,
              completionCandidates = RoleNames.class,
              description = "student, instructor or admin; several have all their rights.")
          Set<String> roles) {
    if (!USERNAME.matcher(name).matches()) {
      throw wrong(
          "the name must be of letters, digits, dots, dashes and underscores, at most 64 of them");
    }
    if (display.isBlank()
        || display.length() > LONGEST_DISPLAY
        || display.chars().anyMatch(Character::isISOControl)) {
      throw wrong("--display must be a name of at most " + LONGEST_DISPLAY + " characters");
    }
    Account account = new Account(name, display.strip(), known(roles));
    Config config = Config.fromSystem();
    DataFolder.create(config.dataDir()); // The site may begin with this.
    boolean added =
        with(users -> !users.exists(name) && users.add(account, password(List.of(name, display))));
    if (!added) {
      throw new CommandFailure("the name " + name + " is taken");
    }
    OperatorLog.tell(
        config, "account-added", "account", name, "roles", String.join(",", account.roles()));
    System.out.printf("Added %s, %s%n", name, account.role());
    return 0;
  }

  @Command(
      name = "password",
      description = "Sets a password, and signs the person out everywhere.",
      footer = {"%nExamples:", "  lmsctl user password ada"},
      mixinStandardHelpOptions = true)
  int password(@Parameters(paramLabel = "NAME", description = "Whose.") String name) {
    return changeAndEnd(
        name,
        users -> users.exists(name) && users.setPassword(name, password(List.of(name))),
        "password-changed",
        "Password changed");
  }

  @Command(
      name = "list",
      description = "Lists all accounts.",
      footer = {"%nExamples:", "  lmsctl user list --json"},
      mixinStandardHelpOptions = true)
  int list(@Option(names = "--json", description = "As JSON.") boolean json) {
    List<Users.Entry> entries = with(Users::list);
    if (json) {
      JsonArray array = new JsonArray();
      entries.forEach(entry -> array.add(toJson(entry)));
      JsonObject answer = new JsonObject();
      answer.add("users", array);
      System.out.println(
          new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(answer));
    } else if (entries.isEmpty()) {
      System.out.println("No accounts yet: lmsctl user add");
    } else {
      for (Users.Entry entry : entries) {
        Account account = entry.account();
        System.out.printf(
            "%-20s %-24s %s%s%n",
            account.username(),
            account.name(),
            account.role(),
            entry.disabled() ? ", disabled" : entry.sample() ? ", sample" : "");
      }
    }
    return 0;
  }

  @Command(
      name = "roles",
      description = "Sets what a person may do.",
      footer = {"%nExamples:", "  lmsctl user roles ada --role instructor --role student"},
      mixinStandardHelpOptions = true)
  int roles(
      @Parameters(paramLabel = "NAME", description = "Whose.") String name,
      @Option(
              names = "--role",
              arity = "1..*",
              required = true,
              completionCandidates = RoleNames.class,
              description = "All roles the person has from now on.")
          Set<String> roles) {
    Set<String> known = known(roles);
    int live =
        change(
            name,
            users -> users.setRoles(name, known),
            sessions -> sessions.changeRoles(name, known));
    OperatorLog.tell(
        Config.fromSystem(),
        "roles-changed",
        "account",
        name,
        "roles",
        String.join(",", known),
        "sessions",
        Integer.toString(live));
    System.out.printf(
        "Roles are %s; changed in %s of %s%n", String.join(", ", known), count(live), name);
    return 0;
  }

  @Command(
      name = "disable",
      description = "Keeps a person out until further notice, and signs them out everywhere.",
      footer = {"%nExamples:", "  lmsctl user disable ada"},
      mixinStandardHelpOptions = true)
  int disable(@Parameters(paramLabel = "NAME", description = "Whom.") String name) {
    return changeAndEnd(
        name, users -> users.setDisabled(name, true), "account-disabled", "Disabled");
  }

  @Command(
      name = "enable",
      description = "Lets a disabled person sign in again.",
      footer = {"%nExamples:", "  lmsctl user enable ada"},
      mixinStandardHelpOptions = true)
  int enable(@Parameters(paramLabel = "NAME", description = "Whom.") String name) {
    if (!with(users -> users.setDisabled(name, false))) {
      throw unknown(name);
    }
    OperatorLog.tell(Config.fromSystem(), "account-enabled", "account", name);
    System.out.printf("Enabled %s%n", name);
    return 0;
  }

  @Command(
      name = "delete",
      description = "Deletes an account and what it did, and signs the person out everywhere.",
      footer = {"%nExamples:", "  lmsctl user delete ada"},
      mixinStandardHelpOptions = true)
  int delete(@Parameters(paramLabel = "NAME", description = "Whom.") String name) {
    return changeAndEnd(
        name,
        users -> users.delete(name, Feature.tablesOf(features)),
        "account-deleted",
        "Deleted");
  }

  private int changeAndEnd(String name, Function<Users, Boolean> work, String event, String done) {
    int ended = change(name, work, sessions -> sessions.revokeAll(name));
    OperatorLog.tell(
        Config.fromSystem(), event, "account", name, "sessions", Integer.toString(ended));
    System.out.printf("%s; %s of %s ended%n", done, count(ended), name);
    return 0;
  }

  /**
   * Changes the account first and its sessions then: a sign-in that read what was true before, and
   * completes after its sessions were changed, looks at the account once more.
   */
  private int change(
      String name, Function<Users, Boolean> work, Function<Sessions, Integer> sessionWork) {
    return SiteSessions.with(
        Config.fromSystem(),
        sessions -> {
          if (!with(work)) {
            throw unknown(name);
          }
          return sessionWork.apply(sessions);
        });
  }

  private static String count(int sessions) {
    return sessions == 1 ? "1 session" : sessions + " sessions";
  }

  private <T> T with(Function<Users, T> work) {
    Config config = Config.fromSystem();
    try (Database database =
        Database.open(
            config.databaseUrl(),
            1,
            Feature.tablesOf(features),
            SampleContent.of(config.environment()).withoutAccounts())) {
      return work.apply(new Users(database, true));
    } catch (DatabaseException | IllegalArgumentException e) {
      throw new CommandFailure("cannot use the database: " + e.getMessage());
    }
  }

  private static CommandFailure unknown(String name) {
    return new CommandFailure("there is no account " + name);
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private Set<String> known(Set<String> roles) {
    for (String role : roles) {
      if (!Account.ROLES.contains(role)) {
        throw wrong("there is no role " + role + "; there are student, instructor and admin");
      }
    }
    return new TreeSet<>(roles);
  }

  private String password(List<String> own) {
    String password = NewPassword.read();
    PasswordPolicy.refusal(password, own)
        .ifPresent(
            why -> {
              throw wrong("this password is refused: " + why);
            });
    return password;
  }

  private static JsonObject toJson(Users.Entry entry) {
    JsonObject user = new JsonObject();
    user.addProperty("name", entry.account().username());
    user.addProperty("display", entry.account().name());
    JsonArray roles = new JsonArray();
    entry.account().roles().forEach(roles::add);
    user.add("roles", roles);
    user.addProperty("disabled", entry.disabled());
    user.addProperty("sample", entry.sample());
    return user;
  }
}
