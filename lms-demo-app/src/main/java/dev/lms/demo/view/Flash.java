// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import dev.lms.session.Session;
import dev.lms.session.SessionKey;
import dev.lms.session.SessionStoreException;
import java.util.Map;
import java.util.Optional;

/**
 * What a person is told once, on the next page after what they did. It stands in a hole, so that no
 * page that others share ever holds it.
 */
public final class Flash implements HoleFiller {
  /** The name of the hole. */
  public static final String NAME = "flash";

  private static final SessionKey<String> SENTENCE = SessionKey.text("flash").sensitive();

  /**
   * Says it on the next page; of several sentences the last. What was done is done: if the session
   * has ended meanwhile, or cannot be written, nothing is said and nothing fails.
   */
  public static void say(Session session, String sentence) {
    session.set(SENTENCE, sentence);
    try {
      session.commit();
    } catch (SessionStoreException outage) {
      session.dropChanges();
    }
  }

  @Override
  public String fill(Session session, Map<String, String> path) {
    Optional<String> sentence = session.get(SENTENCE);
    if (sentence.isEmpty()) {
      return "";
    }
    session.remove(SENTENCE);
    return "<p role=\"status\" class=\"notice\">" + Html.escape(sentence.get()) + "</p>";
  }
}
