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
    String teacher,
    Optional<String> instructor) {

  /** Copies the tags. */
  public Course {
    tags = List.copyOf(tags);
  }
}
