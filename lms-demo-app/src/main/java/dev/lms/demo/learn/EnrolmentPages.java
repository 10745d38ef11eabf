// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.account.SignIn;
import dev.lms.demo.course.Changed;
import dev.lms.demo.course.Course;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Enrolling in a course and leaving it. */
public final class EnrolmentPages {
  private final Courses courses;
  private final Enrolments enrolments;
  private final Pages pages;
  private final Changed<?> changed;

  /**
   * The actions.
   *
   * @param purge makes every worker forget the pages with any of these tags before it returns
   */
  public EnrolmentPages(
      Courses courses, Enrolments enrolments, Pages pages, Consumer<Set<String>> purge) {
    this.courses = courses;
    this.enrolments = enrolments;
    this.pages = pages;
    this.changed = Changed.byUncounted(purge);
  }

  /** Their routes. */
  public List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/course/{code}/enroll", this::offer),
        PageRoute.post("/course/{code}/enroll", this::enroll),
        PageRoute.post("/course/{code}/leave", this::leave));
  }

  private record Offer(Course course, String csrfToken) {}

  /** Where the sign-in form leads whoever wanted to enrol: then that is what happens. */
  private void offer(Request request) throws IOException {
    Course course = course(request);
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isEmpty()) {
      return;
    }
    request.header("Cache-Control", "no-store");
    boolean open = course.published() && person.get().roles().contains("student");
    if (!open || enrolments.contains(course.code(), person.get().id())) {
      request.redirect("/course/" + course.code() + "/view");
    } else if (SignIn.wasFor(request)) {
      enrol(request, course, person.get());
    } else {
      pages.show(
          request, 200, "enrol", new Offer(course, pages.hole(request, "csrf-token")), Set.of());
    }
  }

  private void enroll(Request request) throws IOException {
    Course course = course(request);
    enrol(request, course, SignIn.ofForm(request));
  }

  private void enrol(Request request, Course course, Principal person) throws IOException {
    if (!person.roles().contains("student")) {
      throw HttpProblem.forbidden("Only students enrol in courses.");
    }
    if (!course.published()) {
      throw new HttpProblem(
          409, "Closed", "This course takes no new students. Those enrolled read on.");
    }
    boolean added = enrolments.add(course.code(), person.id());
    changed.purge(Set.of(course.tag()));
    Flash.say(
        SessionFilter.session(request.exchange()),
        added ? "You are enrolled in " + course.title() + "." : "You were enrolled already.");
    request.redirect("/course/" + course.code() + "/view");
  }

  private void leave(Request request) throws IOException {
    Course course = course(request);
    Principal person = SignIn.ofForm(request);
    boolean left = enrolments.remove(course.code(), person.id());
    changed.purge(Set.of(course.tag()));
    Flash.say(
        SessionFilter.session(request.exchange()),
        left
            ? "You have left " + course.title() + ". What you did is kept, should you come back."
            : "You do not take this course.");
    request.redirect("/course/" + course.code() + "/view");
  }

  private Course course(Request request) {
    return courses
        .find(request.path("code"))
        .filter(found -> !found.draft())
        .orElseThrow(HttpProblem::notFound);
  }
}
