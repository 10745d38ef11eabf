package dev.lms.demo.course;

import dev.lms.demo.account.SignIn;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Parameters;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.FieldError;
import dev.lms.demo.view.Flash;
import dev.lms.demo.view.Moment;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.view.Text;
import dev.lms.session.Principal;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Changing a course, seeing who takes it, and enrolling. */
public final class CourseActions {
  private static final System.Logger LOG = System.getLogger(CourseActions.class.getName());

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Courses courses;
  private final Resources resources;
  private final Enrolments enrolments;
  private final InstantSource clock;
  private final Pages pages;
  private final Consumer<Set<String>> purge;

  /**
   * The pages and actions.
   *
   * @param purge makes every worker forget the pages with any of these tags before it returns;
   *     called when a change is committed and before the person is told so. What it throws is
   *     reported to them.
   */
  public CourseActions(
      Courses courses,
      Resources resources,
      Enrolments enrolments,
      InstantSource clock,
      Pages pages,
      Consumer<Set<String>> purge) {
    this.courses = courses;
    this.resources = resources;
    this.enrolments = enrolments;
    this.clock = clock;
    this.pages = pages;
    this.purge = purge;
  }

  /** Their routes. */
  public List<PageRoute> routes() {
    return List.of(
        PageRoute.get("/course/{code}/admin", this::admin),
        PageRoute.get("/course/{code}/moderate", this::moderate),
        PageRoute.post("/course/{code}/edit", this::edit),
        PageRoute.post("/course/{code}/enroll", this::enroll));
  }

  private record Reading(Resource resource, List<String> paragraphs) {}

  private record Admin(
      Course course,
      String title,
      String description,
      String tags,
      List<FieldError> errors,
      boolean hasErrors,
      List<FieldError> titleErrors,
      List<FieldError> descriptionErrors,
      boolean hasTagErrors,
      List<FieldError> tagErrors,
      int titleLength,
      int descriptionLength,
      int most,
      List<Reading> resources,
      String csrfToken) {}

  private record Row(String name, String username, Moment since) {}

  private record Moderate(Course course, List<Row> students, int count, boolean empty) {}

  private void admin(Request request) throws IOException {
    Course course = course(request);
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isPresent()) {
      Staff.require(person.get(), course);
      String tags = String.join(", ", course.tags());
      form(request, 200, course, course.title(), course.description(), tags, List.of());
    }
  }

  private void form(
      Request request,
      int status,
      Course course,
      String title,
      String description,
      String tags,
      List<FieldError> errors)
      throws IOException {
    List<Reading> readings =
        resources.ofCourse(course.code()).stream()
            .map(resource -> new Reading(resource, Text.paragraphs(resource.body())))
            .toList();
    pages.show(
        request,
        status,
        "course-admin",
        new Admin(
            course,
            title,
            description,
            tags,
            errors,
            !errors.isEmpty(),
            of("title", errors),
            of("description", errors),
            !of("tags", errors).isEmpty(),
            of("tags", errors),
            EditForm.TITLE,
            EditForm.DESCRIPTION,
            EditForm.TAGS,
            readings,
            pages.hole(request, "csrf-token")),
        Set.of());
  }

  private static List<FieldError> of(String field, List<FieldError> errors) {
    return errors.stream().filter(error -> error.field().equals(field)).toList();
  }

  private void moderate(Request request) throws IOException {
    Course course = course(request);
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isPresent()) {
      Staff.require(person.get(), course);
      List<Row> students =
          enrolments.ofCourse(course.code()).stream()
              .map(s -> new Row(s.name(), s.username(), Moment.of(s.since(), clock.instant())))
              .toList();
      pages.show(
          request,
          200,
          "course-moderate",
          new Moderate(course, students, students.size(), students.isEmpty()),
          Set.of());
    }
  }

  private void edit(Request request) throws IOException {
    Course course = course(request);
    Principal person = SignIn.ofForm(request);
    Staff.require(person, course);
    Parameters sent = request.form();
    EditForm form = EditForm.of(sent::get);
    if (!form.errors().isEmpty()) {
      form(
          request,
          422,
          course,
          sent.get("title").orElse(course.title()),
          sent.get("description").orElse(course.description()),
          sent.get("tags").orElseGet(() -> String.join(", ", course.tags())),
          form.errors());
      return;
    }
    Set<String> tags = new LinkedHashSet<>(Set.of("course:" + course.code(), "courses"));
    Set<String> shownBy =
        courses.edit(course.code(), form.edit()).orElseThrow(HttpProblem::notFound);
    shownBy.forEach(program -> tags.add("program:" + program));
    purge(tags);
    Flash.say(SessionFilter.session(request.exchange()), "Saved. Readers see it from now on.");
    request.redirect("/course/" + course.code() + "/view");
  }

  private void enroll(Request request) throws IOException {
    Course course = course(request);
    Principal person = SignIn.ofForm(request);
    if (!person.roles().contains("student")) {
      throw HttpProblem.forbidden("Only students enrol in courses.");
    }
    boolean added = enrolments.add(course.code(), person.id());
    purge(Set.of("course:" + course.code()));
    Flash.say(
        SessionFilter.session(request.exchange()),
        added ? "You are enrolled in " + course.title() + "." : "You were enrolled already.");
    request.redirect("/course/" + course.code() + "/view");
  }

  /** The change is stored; if old pages may still be shown, whoever made it has to know. */
  private void purge(Set<String> tags) {
    try {
      purge.accept(tags);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the pages tagged " + tags + " could not be purged", e);
      throw new HttpProblem(
          503,
          "Saved, but not yet shown everywhere",
          "Your change is stored. Some pages may show the old text for a minute or two, because"
              + " the page cache could not be reached. Sending the form again is safe.",
          Map.of("Retry-After", Long.toString(RETRY.toSeconds())));
    }
  }

  private Course course(Request request) {
    return courses.find(request.path("code")).orElseThrow(HttpProblem::notFound);
  }
}
