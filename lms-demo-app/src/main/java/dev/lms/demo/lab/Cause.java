// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.lab;

import java.util.Arrays;
import java.util.Optional;

/** Why people flicker between signed in and signed out: each really does so on the naive side. */
enum Cause {
  SESSIONS_PER_WORKER(
      "sessions-per-worker",
      "Each worker keeps its own sessions",
      "Sessions are a map in the memory of the worker on which one signed in. The other one has"
          + " never heard of them."),
  DIFFERING_KEYS(
      "differing-keys",
      "Each worker signs with its own key",
      "The session is a signed cookie, and each worker made up its own key when it started. The"
          + " other one takes the cookie for forged."),
  KEY_IGNORES_WHO(
      "key-ignores-who",
      "The page cache's key is the path",
      "Each worker keeps the first page it rendered for a path and shows it to everybody: a"
          + " stranger's page to people who are signed in, and the other way round."),
  ONE_BUCKET_FOR_ALL(
      "one-bucket",
      "All signed-in people share one page",
      "The key tells only whether somebody is signed in, and the page has the name of whoever came"
          + " first in it. The second person is greeted as the first."),
  BROWSER_CACHE(
      "browser-cache",
      "The browser may keep the page",
      "The page says Cache-Control: max-age=60 and does not vary by cookie, so the browser shows"
          + " the old menu after signing in and out without asking."),
  MORE_WORKERS_THAN_MEMORY(
      "more-workers-than-memory",
      "More workers than memory",
      "The balancer keeps each visitor on one worker, which knows their session. It has a third of"
          + " the memory that it needs: twelve uploads at once are too many, it dies, and whoever"
          + " starts it again starts it without a session.");

  private final String id;
  private final String title;
  private final String explanation;

  Cause(String id, String title, String explanation) {
    this.id = id;
    this.title = title;
    this.explanation = explanation;
  }

  String id() {
    return id;
  }

  String title() {
    return title;
  }

  String explanation() {
    return explanation;
  }

  static Optional<Cause> of(String id) {
    return Arrays.stream(values()).filter(cause -> cause.id.equals(id)).findFirst();
  }
}
