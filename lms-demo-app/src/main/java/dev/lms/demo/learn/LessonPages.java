// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.learn;

import dev.lms.demo.account.SignIn;
import dev.lms.demo.course.Changed;
import dev.lms.demo.course.Course;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.course.Resource;
import dev.lms.demo.course.Resources;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.Markup;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.pagecache.PageRule;
import dev.lms.session.Principal;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reading the lessons of a course, and noting what is done. */
public final class LessonPages {
  private final Courses courses;
  private final Resources resources;
  private final Enrolments enrolments;
  private final Progress progress;
  private final Pages pages;
  private final Duration ttl;
  private final Changed<?> changed;

  /**
   * The pages.
   *
   * @param ttl how long a copy of a page may be shown
   * @param purge makes every worker forget the pages with any of these tags before it returns
   */
  public LessonPages(
      Courses courses,
      Resources resources,
      Enrolments enrolments,
      Progress progress,
      Pages pages,
      Duration ttl,
      Consumer<Set<String>> purge) {
    this.courses = courses;
    this.resources = resources;
    this.enrolments = enrolments;
    this.progress = progress;
    this.pages = pages;
    this.ttl = ttl;
    this.changed = Changed.byUncounted(purge);
  }

  /** Their routes. */
  public List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/course/{code}/take", PageRule.perPerson(ttl), this::take)
            .onPassportInOutage(),
        PageRoute.get("/resource/{id}", PageRule.perPerson(ttl), this::lesson).onPassportInOutage(),
        PageRoute.post("/resource/{id}/done", request -> note(request, true)),
        PageRoute.post("/resource/{id}/undone", request -> note(request, false)));
  }

  private record Take(Course course, Standing standing, String csrfToken) {}

  private record Reading(
      Course course,
      Resource resource,
      int of,
      boolean done,
      String body,
      List<Resource> previous,
      List<Resource> next,
      Standing standing,
      String csrfToken) {}

  private record NotEnrolled(Course course, boolean student, boolean closed, String csrfToken) {}

  private void take(Request request) throws IOException {
    Course course = courses.find(request.path("code")).orElseThrow(HttpProblem::notFound);
    Optional<String> reader = reader(request, course);
    if (reader.isPresent()) {
      pages.show(
          request,
          200,
          "take",
          new Take(course, progress.of(course, reader.get()), pages.hole(request, "csrf-token")),
          Set.of(course.tag(), Learners.tag(reader.get())));
    }
  }

  private void lesson(Request request) throws IOException {
    Resource resource = resources.find(request.path("id")).orElseThrow(HttpProblem::notFound);
    Course course = courses.find(resource.course()).orElseThrow(HttpProblem::notFound);
    Optional<String> reader = reader(request, course);
    if (reader.isEmpty()) {
      return;
    }
    List<Resource> all = resources.ofCourse(course.code());
    Standing standing = progress.of(course, reader.get());
    int index = all.indexOf(resource);
    pages.show(
        request,
        200,
        "resource",
        new Reading(
            course,
            resource,
            all.size(),
            standing.lessons().stream().anyMatch(l -> l.id().equals(resource.id()) && l.done()),
            Markup.html(resource.body()),
            index > 0 ? List.of(all.get(index - 1)) : List.of(),
            index >= 0 && index + 1 < all.size() ? List.of(all.get(index + 1)) : List.of(),
            standing,
            pages.hole(request, "csrf-token")),
        Set.of(course.tag(), Learners.tag(reader.get())));
  }

  private void note(Request request, boolean done) throws IOException {
    Principal person = SignIn.ofForm(request);
    Resource resource = resources.find(request.path("id")).orElseThrow(HttpProblem::notFound);
    Course course = courses.find(resource.course()).orElseThrow(HttpProblem::notFound);
    if (!enrolments.contains(course.code(), person.id())) {
      throw HttpProblem.forbidden("Only people enrolled in the course may note what they did.");
    }
    if (done) {
      progress.done(person.id(), resource.id());
    } else {
      progress.undone(person.id(), resource.id());
    }
    changed.purge(Set.of(Learners.tag(person.id())));
    Standing now = progress.of(course, person.id());
    Optional<Standing.Lesson> next = now.nextAfter(resource.id());
    String sentence;
    String where;
    if (!done) {
      sentence = "“" + resource.title() + "” is open again.";
      where = "/resource/" + resource.id();
    } else if (next.isEmpty()) {
      sentence = "You have finished " + course.title() + ". Well done!";
      where = "/course/" + course.code() + "/take";
    } else {
      sentence = "Done: “" + resource.title() + "”. " + now.done() + " of " + now.total() + ".";
      where = "/resource/" + next.get().id();
    }
    Flash.say(SessionFilter.session(request.exchange()), sentence);
    request.redirect(where);
  }

  /** The name of whoever asks, if they are enrolled; if not, they have been answered. */
  private Optional<String> reader(Request request, Course course) throws IOException {
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isEmpty()) {
      return Optional.empty();
    }
    if (enrolments.contains(course.code(), person.get().id())) {
      return Optional.of(person.get().id());
    }
    if (course.draft()) {
      throw HttpProblem.notFound();
    }
    if (request.wantsJson()) {
      throw HttpProblem.forbidden("Only people enrolled in the course may read this.");
    }
    boolean student = person.get().roles().contains("student");
    pages.show(
        request,
        403,
        "not-enrolled",
        new NotEnrolled(
            course,
            student && course.published(),
            student && course.archived(),
            pages.hole(request, "csrf-token")),
        Set.of());
    return Optional.empty();
  }
}
