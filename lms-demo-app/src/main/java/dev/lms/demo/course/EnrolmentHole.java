package dev.lms.demo.course;

import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import java.util.Map;
import java.util.Optional;

/** The part of a course's page that says how a person stands to the course. */
public final class EnrolmentHole implements HoleFiller {
  /** The name of the hole. */
  public static final String NAME = "enrolment";

  private final Courses courses;
  private final Enrolments enrolments;
  private final Pages pages;

  /** Answers from these. */
  public EnrolmentHole(Courses courses, Enrolments enrolments, Pages pages) {
    this.courses = courses;
    this.enrolments = enrolments;
    this.pages = pages;
  }

  private record Standing(
      String code, boolean enrolled, boolean mayEnrol, boolean mayEdit, String csrfToken) {}

  @Override
  public String fill(Session session, Map<String, String> path) {
    String code = path.getOrDefault("code", "");
    Optional<Principal> person = session.principal();
    if (person.isEmpty()) {
      return "";
    }
    boolean enrolled = enrolments.contains(code, person.get().id());
    boolean student = person.get().roles().contains("student");
    boolean mayEdit =
        !student
            && courses.find(code).filter(course -> Staff.mayEdit(person.get(), course)).isPresent();
    return pages.fragment(
        "enrolment",
        new Standing(
            code, enrolled, student && !enrolled, mayEdit, session.csrfToken().orElse("")));
  }
}
