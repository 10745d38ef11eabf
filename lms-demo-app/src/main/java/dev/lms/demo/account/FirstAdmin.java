// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import dev.lms.demo.config.ConfigException;
import dev.lms.demo.log.Audit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The first administrator of a site that nobody can reach by a command, such as a container. */
final class FirstAdmin {
  static final String NAME = "admin";
  private static final String VARIABLE = "LMS_ADMIN_PASSWORD_FILE";

  private FirstAdmin() {}

  /**
   * Makes the account {@value #NAME}, unless there is an administrator already: whoever changed
   * that password keeps it. The file is read then only.
   *
   * @throws ConfigException if the file cannot be read or the password is refused
   */
  static void make(Optional<Path> file, Users users, Audit audit) {
    if (file.isEmpty() || users.hasAdmin()) {
      return;
    }
    String password = read(file.get());
    PasswordPolicy.refusal(password, List.of(NAME))
        .ifPresent(
            why -> {
              throw wrong(file.get(), "its password is refused: " + why);
            });
    // Of several workers that start at once, one adds it.
    if (users.add(new Account(NAME, "Administrator", Set.of("admin")), password)) {
      audit.tell("account-added", "account", NAME, "by", VARIABLE);
    } else if (!users.hasAdmin()) {
      throw wrong(file.get(), "the account " + NAME + " is taken by somebody else");
    }
  }

  private static String read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("");
    } catch (IOException e) {
      throw wrong(file, "it cannot be read (" + e + ")");
    }
  }

  private static ConfigException wrong(Path file, String why) {
    return new ConfigException(List.of(VARIABLE + "=" + file + ": " + why));
  }
}
