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

  private static final String ON_PASSPORT =
      "<p role=\"status\" class=\"notice\">We cannot check who you are just now, so you can read on,"
          + " but not change anything.</p>";

  @Override
  public String fill(Session session, Map<String, String> path) {
    if (session.isOnPassport()) {
      return ON_PASSPORT;
    }
    Optional<String> sentence = session.get(SENTENCE);
    if (sentence.isEmpty()) {
      return "";
    }
    session.remove(SENTENCE);
    return "<p role=\"status\" class=\"notice\">" + Html.escape(sentence.get()) + "</p>";
  }
}
