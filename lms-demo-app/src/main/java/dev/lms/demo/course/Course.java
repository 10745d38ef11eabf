// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.util.List;
import java.util.Optional;

/**
 * A course.
 *
 * @param code lower-case letters and digits; part of its addresses
 * @param title plain text
 * @param description plain text; blank lines part its paragraphs
 * @param tags in alphabetical order
 * @param teacher the name readers see
 * @param instructor the account that may edit it, if there is one
 */
public record Course(
    String code,
    String title,
    String description,
    List<String> tags,
    int credits,
    Level level,
    State state,
    String teacher,
    Optional<String> instructor) {

  /** Copies the tags. */
  public Course {
    tags = List.copyOf(tags);
  }

  /** Whether only its instructor sees it. */
  public boolean draft() {
    return state == State.DRAFT;
  }

  /** Whether students may enrol. */
  public boolean published() {
    return state == State.PUBLISHED;
  }

  /** Whether it takes no more students. */
  public boolean archived() {
    return state == State.ARCHIVED;
  }

  /** Names what its form shows. */
  public String version() {
    return Version.of(
        title, description, String.join(" ", tags), Integer.toString(credits), level.token());
  }

  /** What its pages are purged by. */
  public String tag() {
    return "course:" + code;
  }
}
