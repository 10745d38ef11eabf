// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.KeyUse;
import dev.lms.demo.config.SecretKeyFile;
import dev.lms.demo.config.StoreChoice;
import dev.lms.demo.config.StoredKeys;
import dev.lms.demo.data.Database;
import dev.lms.demo.wiring.SessionAccess;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Function;

/** The sessions of the site that has the same configuration as a command. */
final class SiteSessions {
  private SiteSessions() {}

  /**
   * Does something with them.
   *
   * @throws CommandFailure if there are none that a command could find
   */
  static <T> T with(Config config, Function<Sessions, T> work) {
    if (config.sessions().store().kind() == StoreChoice.Kind.COOKIE) {
      throw new CommandFailure(
          "sessions are in cookies ("
              + config.sessions().store().reason()
              + "), so the site has no record of them; use SESSION_STORE=file, redis or jdbc, or, to"
              + " end all of them, change SECRET_KEY");
    }
    if (config.sessions().store().kind() == StoreChoice.Kind.MEMORY) {
      throw new CommandFailure(
          "sessions are in the memory of the site's one worker (SESSION_STORE=memory), out of reach"
              + " of any command; use SESSION_STORE=file or redis, or, to end all of them, restart"
              + " the site");
    }
    Path folder = config.sessions().fileDir();
    if (config.sessions().store().kind() == StoreChoice.Kind.FILE && !Files.isDirectory(folder)) {
      throw new CommandFailure(
          "there is no session folder "
              + folder
              + "; set LMS_DATA_DIR or SESSION_FILE_DIR as the site has it");
    }
    if (config.sessions().store().kind() == StoreChoice.Kind.JDBC
        && !Database.exists(config.databaseUrl())) {
      throw new CommandFailure(
          "there is no database yet that sessions could be in; set LMS_DATA_DIR or DATABASE_URL as"
              + " the site has it");
    }
    return withKeys(config, keyed -> open(keyed, work));
  }

  /**
   * Does something with the keys that the site has.
   *
   * @throws CommandFailure if there are none
   */
  static <T> T withKeys(Config config, Function<Config, T> work) {
    if (config.secrets().key().isPresent()) {
      return work.apply(config);
    }
    if (!new SecretKeyFile(config.dataDir()).exists()) {
      throw new CommandFailure(
          "there is no secret key in "
              + config.dataDir()
              + "; set LMS_DATA_DIR or SECRET_KEY as the site has it");
    }
    try (KeyUse use = KeyUse.begin(config.dataDir())) {
      StoredKeys keys = use.keys();
      return work.apply(
          config.withSecretKey(keys.signing(), keys.accepted(Clock.systemUTC().instant())));
    }
  }

  private static <T> T open(Config config, Function<Sessions, T> work) {
    try (SessionAccess access = SessionAccess.open(config)) {
      return work.apply(access.sessions());
    } catch (IllegalArgumentException | SessionStoreException e) {
      // What they say names the folder or server and the remedy.
      throw new CommandFailure("cannot use the sessions: " + e.getMessage());
    }
  }
}
