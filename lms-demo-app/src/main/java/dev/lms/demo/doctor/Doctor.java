// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.doctor;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.StoreChoice;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks what the troubleshooting guide tells a person to check. Changes nothing: a folder that is
 * not there yet is not made, and no key is generated.
 */
public final class Doctor {
  private Doctor() {}

  /** All checks; every wait is bounded, to a few seconds for each Redis. */
  public static List<Finding> examine(Config config, InstantSource clock) {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(KeyCheck.of(config, clock));
    findings.addAll(CookieCheck.of(config));
    findings.add(AddressCheck.of(config));
    findings.addAll(folders(config));
    findings.add(ClockCheck.of(clock));
    findings.addAll(DatabaseCheck.ofSessions(config));
    findings.addAll(RedisCheck.of(config, clock));
    return findings;
  }

  /**
   * What is worth knowing at every start and costs next to nothing: only what is wrong, of what
   * {@link dev.lms.demo.wiring.Warnings} does not say.
   */
  public static List<Finding> atStart(Config config, InstantSource clock) {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(KeyCheck.ofWorkers(config));
    findings.addAll(folders(config));
    findings.add(ClockCheck.of(clock));
    findings.addAll(RedisCheck.ofDoors(config));
    findings.removeIf(finding -> finding.level() == Finding.Level.OK);
    return findings;
  }

  private static List<Finding> folders(Config config) {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(FolderCheck.of("data folder", config.dataDir(), "LMS_DATA_DIR"));
    if (config.sessions().store().kind() == StoreChoice.Kind.FILE) {
      findings.addAll(
          FolderCheck.of("session folder", config.sessions().fileDir(), "SESSION_FILE_DIR"));
    }
    return findings;
  }
}
