package dev.lms.demo.course;

import dev.lms.demo.account.SignIn;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.view.Text;
import dev.lms.pagecache.PageRule;
import dev.lms.session.Principal;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The pages about courses that everybody reads, and those for the people enrolled. */
public final class CoursePages {
  private static final int TAGS = 14;
  private static final int LAST_PAGE = 1_000_000;

  private final Courses courses;
  private final Resources resources;
  private final Enrolments enrolments;
  private final Pages pages;
  private final Duration ttl;

  /**
   * The pages.
   *
   * @param ttl how long a copy of a page may be shown
   */
  public CoursePages(
      Courses courses, Resources resources, Enrolments enrolments, Pages pages, Duration ttl) {
    this.courses = courses;
    this.resources = resources;
    this.enrolments = enrolments;
    this.pages = pages;
    this.ttl = ttl;
  }

  /** Their routes. */
  public List<PageRoute> routes() {
    return List.of(
        PageRoute.get(
                "/course/explore",
                PageRule.shared(ttl).withParameters("page", "tag"),
                this::explore)
            .anonymousInOutage(),
        PageRoute.get("/course/{code}/view", PageRule.shared(ttl), this::view).anonymousInOutage(),
        PageRoute.get("/course/{code}/take", PageRule.perPerson(ttl), this::take),
        PageRoute.get("/resource/{id}", PageRule.perPerson(ttl), this::resource));
  }

  private record Tag(String name, boolean current) {}

  private record Explore(
      List<CourseCard> courses,
      int total,
      boolean empty,
      String tag,
      List<Tag> tags,
      int number,
      int last,
      String previous,
      String next) {}

  private record View(
      Course course,
      String summary,
      List<String> paragraphs,
      List<Resource> resources,
      String enrolment) {}

  private record Take(Course course, List<Resource> resources) {}

  private record Reading(
      Course course,
      Resource resource,
      int of,
      List<String> paragraphs,
      List<Resource> previous,
      List<Resource> next) {}

  private record NotEnrolled(Course course, boolean student, String csrfToken) {}

  private void explore(Request request) throws IOException {
    Optional<String> tag = request.query("tag").filter(t -> !t.isEmpty());
    CoursePage page = courses.page(tag, pageNumber(request));
    if (page.courses().isEmpty() || !isOwnAddress(request, page.number(), tag)) {
      // Anybody can think of any number of these: they are not a page of the cache each.
      request.header("Cache-Control", "no-store");
    }
    String previous = page.number() > 1 ? link(Math.min(page.number() - 1, page.last()), tag) : "";
    String next = page.number() < page.last() ? link(page.number() + 1, tag) : "";
    pages.show(
        request,
        200,
        "courses",
        new Explore(
            page.courses().stream().map(CourseCard::of).toList(),
            page.total(),
            page.courses().isEmpty(),
            tag.orElse(""),
            courses.tags(TAGS).stream().map(t -> new Tag(t, tag.equals(Optional.of(t)))).toList(),
            page.number(),
            page.last(),
            previous,
            next),
        Set.of("courses"));
  }

  /** Whether this is how the site's own links spell the address of the page. */
  private static boolean isOwnAddress(Request request, int number, Optional<String> tag) {
    List<String> numbers = request.queries("page");
    return (numbers.equals(List.of(Integer.toString(number))) || (numbers.isEmpty() && number == 1))
        && request.queries("tag").equals(tag.stream().toList());
  }

  private static int pageNumber(Request request) {
    String text = request.query("page").filter(p -> !p.isEmpty()).orElse("1");
    if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) == 0) {
      throw HttpProblem.badRequest("The page must be a whole number from 1, for example ?page=2.");
    }
    return (int) Math.min(Long.parseLong(text), LAST_PAGE);
  }

  private static String link(int page, Optional<String> tag) {
    return "/course/explore?page="
        + page
        + tag.map(t -> "&tag=" + URLEncoder.encode(t, StandardCharsets.UTF_8)).orElse("");
  }

  private void view(Request request) throws IOException {
    Course course = course(request);
    String enrolment = pages.signedIn(request) ? pages.hole(request, EnrolmentHole.NAME) : "";
    pages.show(
        request,
        200,
        "course",
        new View(
            course,
            Text.excerpt(course.description(), Text.SUMMARY),
            Text.paragraphs(course.description()),
            resources.ofCourse(course.code()),
            enrolment),
        Set.of("course:" + course.code()));
  }

  private void take(Request request) throws IOException {
    Course course = course(request);
    if (mayRead(request, course)) {
      pages.show(
          request,
          200,
          "take",
          new Take(course, resources.ofCourse(course.code())),
          Set.of("course:" + course.code()));
    }
  }

  private void resource(Request request) throws IOException {
    Resource resource = resources.find(request.path("id")).orElseThrow(HttpProblem::notFound);
    Course course = courses.find(resource.course()).orElseThrow(HttpProblem::notFound);
    if (mayRead(request, course)) {
      List<Resource> all = resources.ofCourse(course.code());
      int index = all.indexOf(resource);
      pages.show(
          request,
          200,
          "resource",
          new Reading(
              course,
              resource,
              all.size(),
              Text.paragraphs(resource.body()),
              index > 0 ? List.of(all.get(index - 1)) : List.of(),
              index >= 0 && index + 1 < all.size() ? List.of(all.get(index + 1)) : List.of()),
          Set.of("course:" + course.code()));
    }
  }

  /** Whether whoever asks is enrolled; if not, they have been answered. */
  private boolean mayRead(Request request, Course course) throws IOException {
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isEmpty()) {
      return false;
    }
    if (enrolments.contains(course.code(), person.get().id())) {
      return true;
    }
    if (request.wantsJson()) {
      throw HttpProblem.forbidden("Only people enrolled in the course may read this.");
    }
    boolean student = person.get().roles().contains("student");
    pages.show(
        request,
        403,
        "not-enrolled",
        new NotEnrolled(course, student, pages.hole(request, "csrf-token")),
        Set.of());
    return false;
  }

  private Course course(Request request) {
    return courses.find(request.path("code")).orElseThrow(HttpProblem::notFound);
  }
}
