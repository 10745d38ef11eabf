package dev.lms.demo;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.config.StoreChoice;
import dev.lms.session.KeyRing;
import java.util.ArrayList;
import java.util.List;

/** What is allowed but should be known. */
final class Warnings {
  private Warnings() {}

  static List<String> of(Config config) {
    List<String> warnings = new ArrayList<>();
    int length = config.secrets().signingKey().length();
    if (length < KeyRing.MIN_LENGTH) {
      warnings.add(
          "SECRET_KEY has %d characters; production would refuse it. Make one with: lmsctl key generate"
              .formatted(length));
    }
    if (config.environment() == Environment.PRODUCTION && !config.sessions().cookie().secure()) {
      warnings.add(
          "SESSION_COOKIE_SECURE is off in production: anyone on the way can read cookies");
    }
    if (config.sessions().store().kind() == StoreChoice.Kind.COOKIE) {
      warnings.add(
          "cookie sessions: of concurrent requests that change the session, the last answer wins");
    }
    return warnings;
  }
}
