// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import dev.lms.demo.cache.Roster;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.ConfigException;
import dev.lms.demo.config.SecretKeyFile;
import dev.lms.demo.config.Secrets;
import dev.lms.demo.config.StoredKeys;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Whether there is a secret key, nobody guesses it, and every worker has the same. */
final class KeyCheck {
  private static final String NAME = "secret key";

  private KeyCheck() {}

  static List<Finding> of(Config config, InstantSource clock) {
    if (config.secrets().key().isPresent()) {
      List<Finding> findings = new ArrayList<>(List.of(strength(config.secrets())));
      findings.addAll(ofWorkers(config));
      return findings;
    }
    SecretKeyFile file = new SecretKeyFile(config.dataDir());
    if (!file.exists()) {
      return List.of(
          Finding.ok(NAME, "none yet: the first start generates one in the data folder"));
    }
    try {
      StoredKeys keys = file.readOrCreate();
      Config complete = config.withSecretKey(keys.signing(), keys.accepted(clock.instant()));
      List<Finding> findings = new ArrayList<>();
      findings.add(
          file.isPrivate()
              ? Finding.ok(NAME, "generated, in the data folder, for its owner only")
              : Finding.problem(
                  NAME,
                  "others than its owner may read the file it is in",
                  "run: chmod 600 secret.key in the data folder, and lmsctl key rotate"));
      findings.addAll(ofWorkers(complete));
      return findings;
    } catch (ConfigException e) {
      return List.of(Finding.problem(NAME, String.join("; ", e.errors()), "see there"));
    }
  }

  private static Finding strength(Secrets secrets) {
    String remedy = "make one with: lmsctl key generate";
    if (secrets.isGuessed()) {
      return Finding.problem(
          NAME, "SECRET_KEY is one everybody guesses, and then signs in as anybody", remedy);
    }
    return secrets.isShort()
        ? Finding.warning(NAME, "SECRET_KEY is shorter than production accepts", remedy)
        : Finding.ok(NAME, "SECRET_KEY is set and long enough");
  }

  /** Against the workers that run with this data folder, whoever started them. */
  static List<Finding> ofWorkers(Config config) {
    if (config.secrets().key().isEmpty()) {
      return List.of();
    }
    List<Roster.Worker> workers = new Roster(config).workers();
    List<Integer> others =
        workers.stream()
            .filter(worker -> !config.secrets().marks().contains(worker.key()))
            .map(Roster.Worker::port)
            .toList();
    if (!others.isEmpty()) {
      return List.of(
          Finding.problem(
              NAME,
              "the workers on port "
                  + others
                  + " have another one: who moves between them is signed out",
              "give every worker the same SECRET_KEY and restart those"));
    }
    return workers.isEmpty()
        ? List.of()
        : List.of(Finding.ok(NAME, "the same in all " + workers.size() + " workers that run here"));
  }
}
