// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import dev.lms.demo.account.SignIn;
import dev.lms.demo.course.Course;
import dev.lms.demo.course.Edited;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.course.Resource;
import dev.lms.demo.course.State;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.FieldError;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.Moment;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Beginning a course, changing what is said of it, publishing it, and seeing who takes it. */
final class CourseDesk {
  private static final String CODE = "[a-z][a-z0-9]{1,15}";

  /** Addresses that are not of a course. */
  private static final Set<String> TAKEN = Set.of("explore", "new");

  private final Desk desk;
  private final Enrolments enrolments;
  private final InstantSource clock;
  private final Pages pages;

  CourseDesk(Desk desk, Enrolments enrolments, InstantSource clock, Pages pages) {
    this.desk = desk;
    this.enrolments = enrolments;
    this.clock = clock;
    this.pages = pages;
  }

  List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/course/new", this::blank),
        PageRoute.post("/course/new", this::begin),
        PageRoute.get("/course/{code}/admin", this::admin),
        PageRoute.get("/course/{code}/moderate", this::moderate),
        PageRoute.post("/course/{code}/edit", this::edit),
        PageRoute.post("/course/{code}/state", this::move));
  }

  private record New(CourseForm form, String code, List<FieldError> codeErrors, String csrfToken) {}

  private record Line(Resource resource, boolean first, boolean last) {}

  private record Admin(
      Course course, CourseForm form, List<Line> lessons, boolean empty, String csrfToken) {}

  private record Row(String name, String username, Moment since) {}

  private record Moderate(Course course, List<Row> students, int count, boolean empty) {}

  private static void requireTeacher(Principal person) {
    if (!person.roles().contains("instructor") && !person.roles().contains("admin")) {
      throw HttpProblem.forbidden("Only instructors begin courses.");
    }
  }

  private void blank(Request request) throws IOException {
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isPresent()) {
      requireTeacher(person.get());
      blank(request, 200, CourseForm.empty(), "", List.of());
    }
  }

  private void blank(
      Request request, int status, CourseForm form, String code, List<FieldError> codeErrors)
      throws IOException {
    pages.show(
        request,
        status,
        "course-new",
        new New(form, code, codeErrors, pages.hole(request, "csrf-token")),
        Set.of());
  }

  private void begin(Request request) throws IOException {
    Principal person = SignIn.ofForm(request);
    requireTeacher(person);
    Parameters sent = request.form();
    EditForm form = EditForm.of(name -> Optional.of(sent.get(name).orElse("")));
    String code = sent.get("code").orElse("").strip().toLowerCase(Locale.ROOT);
    List<FieldError> errors = new ArrayList<>();
    if (!code.matches(CODE) || TAKEN.contains(code)) {
      errors.add(
          new FieldError(
              "code", "The code is 2 to 16 letters a to z and digits, such as cook101."));
    }
    errors.addAll(form.errors());
    if (errors.isEmpty() && !desk.courses().begin(code, form.edit(), person.id())) {
      errors.add(new FieldError("code", "There is a course " + code + " already."));
    }
    if (!errors.isEmpty()) {
      blank(
          request,
          422,
          CourseForm.empty().typed(sent, errors),
          code,
          CourseForm.of("code", errors));
      return;
    }
    Flash.say(
        SessionFilter.session(request.exchange()),
        "Begun, as a draft that only you see. Write its lessons, then publish it.");
    request.redirect("/course/" + code + "/admin");
  }

  private void admin(Request request) throws IOException {
    Optional<Course> course = desk.toShow(request);
    if (course.isPresent()) {
      admin(request, 200, course.get(), CourseForm.of(course.get()));
    }
  }

  private void admin(Request request, int status, Course course, CourseForm form)
      throws IOException {
    List<Resource> lessons = desk.resources().ofCourse(course.code());
    pages.show(
        request,
        status,
        "course-admin",
        new Admin(
            course,
            form,
            lessons.stream()
                .map(l -> new Line(l, l.position() == 1, l.position() == lessons.size()))
                .toList(),
            lessons.isEmpty(),
            pages.hole(request, "csrf-token")),
        Set.of());
  }

  private void moderate(Request request) throws IOException {
    Optional<Course> course = desk.toShow(request);
    if (course.isPresent()) {
      List<Row> students =
          enrolments.ofCourse(course.get().code()).stream()
              .map(s -> new Row(s.name(), s.username(), Moment.of(s.since(), clock.instant())))
              .toList();
      pages.show(
          request,
          200,
          "course-moderate",
          new Moderate(course.get(), students, students.size(), students.isEmpty()),
          Set.of());
    }
  }

  private void edit(Request request) throws IOException {
    Course course = desk.toChange(request);
    Parameters sent = request.form();
    EditForm form = EditForm.of(sent::get);
    if (!form.errors().isEmpty()) {
      admin(request, 422, course, CourseForm.of(course).typed(sent, form.errors()));
      return;
    }
    switch (desk.courses().edit(course.code(), form.edit(), sent.get("version"))) {
      case Edited.Stored<Course> stored -> {
        desk.changed(request, course, stored.programs(), "Saved.");
        request.redirect("/course/" + course.code() + (course.draft() ? "/admin" : "/view"));
      }
      case Edited.Conflict<Course> now ->
          admin(
              request,
              409,
              now.stored(),
              CourseForm.of(now.stored()).typed(sent, List.of()).beside(now.stored()));
      case Edited.Gone<Course> gone -> throw HttpProblem.notFound();
    }
  }

  private void move(Request request) throws IOException {
    Course course = desk.toChange(request);
    State wanted =
        State.of(request.form().get("state").orElse(""))
            .filter(state -> state != State.DRAFT)
            .orElseThrow(() -> HttpProblem.badRequest("The state is published or archived."));
    if (wanted == State.PUBLISHED && desk.resources().ofCourse(course.code()).isEmpty()) {
      throw new HttpProblem(
          409, "Nothing to read yet", "Write at least one lesson, then publish the course.");
    }
    Set<String> programs =
        desk.courses().move(course.code(), wanted, clock.instant().toEpochMilli());
    String sentence =
        wanted == State.PUBLISHED
            ? "Published: it is in the catalogue."
            : "Archived: those enrolled read on, and nobody new enrols.";
    desk.changed(request, course, programs, sentence);
    request.redirect("/course/" + course.code() + "/admin");
  }
}
