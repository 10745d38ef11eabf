// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.http.HttpProblem;
import dev.lms.session.Principal;

/** Who may change a course. */
public final class Staff {
  private Staff() {}

  /** Its instructor and administrators. */
  public static boolean mayEdit(Principal person, Course course) {
    return person.roles().contains("admin")
        || (person.roles().contains("instructor")
            && course.instructor().filter(person.id()::equals).isPresent());
  }

  /**
   * Refuses everybody else.
   *
   * @throws HttpProblem 403 if the person may not
   */
  public static void require(Principal person, Course course) {
    if (!mayEdit(person, course)) {
      throw HttpProblem.forbidden(
          "Only the instructor of this course and administrators may do this.");
    }
  }
}
