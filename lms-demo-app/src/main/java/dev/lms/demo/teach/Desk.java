// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import dev.lms.demo.account.SignIn;
import dev.lms.demo.course.Changed;
import dev.lms.demo.course.Course;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Resource;
import dev.lms.demo.course.Resources;
import dev.lms.demo.course.Staff;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.Flash;
import dev.lms.demo.wiring.Purged;
import dev.lms.session.Principal;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What all acts of instructors have in common: who may, and that what they change is forgotten by
 * all pages before they are told so.
 *
 * @param changed purges the pages with the given tags
 */
record Desk(Courses courses, Resources resources, Changed<Purged> changed) {

  /** The course in the address, for somebody who may edit it; anybody else has been answered. */
  Optional<Course> toShow(Request request) throws IOException {
    Course course = course(request);
    Optional<Principal> person = SignIn.orRedirect(request);
    person.ifPresent(somebody -> Staff.require(somebody, course));
    return person.map(somebody -> course);
  }

  /** The course in the address, for a form of somebody who may edit it. */
  Course toChange(Request request) throws IOException {
    Course course = course(request);
    Staff.require(SignIn.ofForm(request), course);
    return course;
  }

  private Course course(Request request) {
    return courses.find(request.path("code")).orElseThrow(HttpProblem::notFound);
  }

  Resource lesson(Request request, Course course) {
    return resources
        .find(request.path("id"))
        .filter(lesson -> lesson.course().equals(course.code()))
        .orElseThrow(HttpProblem::notFound);
  }

  /** Everything that shows the course has changed: its page, its lessons, lists and searches. */
  void changed(Request request, Course course, Set<String> programs, String sentence) {
    Set<String> tags = new LinkedHashSet<>(Set.of(course.tag(), "courses"));
    programs.forEach(program -> tags.add("program:" + program));
    say(request, sentence, changed.purge(tags));
  }

  /** Only the course's own pages have changed. */
  void changed(Request request, Course course, String sentence) {
    say(request, sentence, changed.purge(Set.of(course.tag())));
  }

  private static void say(Request request, String sentence, Purged purged) {
    Flash.say(SessionFilter.session(request.exchange()), sentence + " " + purged + ".");
  }
}
