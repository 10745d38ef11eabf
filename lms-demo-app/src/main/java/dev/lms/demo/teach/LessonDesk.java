// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.teach;

import dev.lms.demo.course.Course;
import dev.lms.demo.course.Edited;
import dev.lms.demo.course.Resource;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.FieldError;
import dev.lms.demo.view.Markup;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writing lessons, looking at them as students will, and putting them in order. */
final class LessonDesk {
  private static final int TITLE = 120;
  private static final int BODY = 20_000;

  private final Desk desk;
  private final Pages pages;

  LessonDesk(Desk desk, Pages pages) {
    this.desk = desk;
    this.pages = pages;
  }

  List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/course/{code}/lesson/new", this::blank),
        PageRoute.post("/course/{code}/lesson/new", this::add),
        PageRoute.get("/course/{code}/lesson/{id}", this::show),
        PageRoute.post("/course/{code}/lesson/{id}", this::edit),
        PageRoute.post("/course/{code}/lesson/{id}/move", this::move),
        PageRoute.post("/course/{code}/lesson/{id}/remove", this::remove));
  }

  private record Form(
      Course course,
      String action,
      boolean isNew,
      String title,
      String body,
      List<FieldError> errors,
      boolean hasErrors,
      List<FieldError> titleErrors,
      List<FieldError> bodyErrors,
      int titleLength,
      int bodyLength,
      String hint,
      boolean previewed,
      String preview,
      String version,
      List<Theirs> theirs,
      boolean conflict,
      String csrfToken) {}

  /**
   * What the editor of a form has seen.
   *
   * @param version the version of the lesson
   * @param theirs what somebody else stored meanwhile
   */
  private record Seen(String version, List<Theirs> theirs) {
    private static final Seen NOTHING = new Seen("", List.of());
  }

  private void form(
      Request request,
      int status,
      Course course,
      Optional<Resource> lesson,
      String title,
      String body,
      List<FieldError> errors,
      boolean preview,
      Seen seen)
      throws IOException {
    pages.show(
        request,
        status,
        "lesson",
        new Form(
            course,
            "/course/" + course.code() + "/lesson/" + lesson.map(Resource::id).orElse("new"),
            lesson.isEmpty(),
            title,
            body,
            errors,
            !errors.isEmpty(),
            CourseForm.of("title", errors),
            CourseForm.of("body", errors),
            TITLE,
            BODY,
            Markup.HINT,
            preview,
            preview ? Markup.html(body) : "",
            seen.version(),
            seen.theirs(),
            !seen.theirs().isEmpty(),
            pages.hole(request, "csrf-token")),
        Set.of());
  }

  private void blank(Request request) throws IOException {
    Optional<Course> course = desk.toShow(request);
    if (course.isPresent()) {
      form(request, 200, course.get(), Optional.empty(), "", "", List.of(), false, Seen.NOTHING);
    }
  }

  private void show(Request request) throws IOException {
    Optional<Course> course = desk.toShow(request);
    if (course.isPresent()) {
      Resource lesson = desk.lesson(request, course.get());
      form(
          request,
          200,
          course.get(),
          Optional.of(lesson),
          lesson.title(),
          lesson.body(),
          List.of(),
          true,
          new Seen(lesson.version(), List.of()));
    }
  }

  private void add(Request request) throws IOException {
    Course course = desk.toChange(request);
    save(request, course, Optional.empty());
  }

  private void edit(Request request) throws IOException {
    Course course = desk.toChange(request);
    save(request, course, Optional.of(desk.lesson(request, course)));
  }

  private void save(Request request, Course course, Optional<Resource> lesson) throws IOException {
    Parameters sent = request.form();
    String title = EditForm.clean(sent.get("title").orElse("")).replaceAll("\\s+", " ");
    String body = EditForm.clean(sent.get("body").orElse(""));
    List<FieldError> errors = new ArrayList<>();
    EditForm.checkLength("title", title, TITLE, errors);
    EditForm.checkLength("body", body, BODY, errors);
    boolean preview = sent.get("act").filter("preview"::equals).isPresent();
    if (!errors.isEmpty() || preview) {
      Seen seen = new Seen(sent.get("version").orElse(""), List.of());
      int status = errors.isEmpty() ? 200 : 422;
      form(request, status, course, lesson, title, body, errors, preview, seen);
      return;
    }
    if (lesson.isEmpty()) {
      desk.resources().add(course.code(), title, body);
    } else {
      switch (desk.resources().edit(lesson.get(), title, body, sent.get("version"))) {
        case Edited.Stored<Resource> stored -> {}
        case Edited.Conflict<Resource> now -> {
          Seen seen = new Seen(now.stored().version(), Theirs.of(now.stored(), title, body));
          form(request, 409, course, lesson, title, body, List.of(), false, seen);
          return;
        }
        case Edited.Gone<Resource> gone -> throw HttpProblem.notFound();
      }
    }
    // Searches read lessons, too.
    desk.changed(request, course, Set.of(), "Saved.");
    toLessons(request, course);
  }

  private void move(Request request) throws IOException {
    Course course = desk.toChange(request);
    Resource lesson = desk.lesson(request, course);
    boolean up = request.form().get("to").filter("up"::equals).isPresent();
    if (desk.resources().move(lesson, up)) {
      desk.changed(request, course, "Moved.");
    }
    toLessons(request, course);
  }

  private void remove(Request request) throws IOException {
    Course course = desk.toChange(request);
    if (desk.resources().remove(desk.lesson(request, course))) {
      desk.changed(request, course, Set.of(), "Removed.");
    }
    toLessons(request, course);
  }

  private static void toLessons(Request request, Course course) throws IOException {
    request.redirect("/course/" + course.code() + "/admin#lessons");
  }
}
