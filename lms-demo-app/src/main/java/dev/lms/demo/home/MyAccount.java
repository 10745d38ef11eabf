// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import dev.lms.demo.account.Devices;
import dev.lms.demo.account.SignIn;
import dev.lms.demo.course.CourseCard;
import dev.lms.demo.course.Courses;
import dev.lms.demo.http.Request;
import dev.lms.demo.view.Moment;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The page of a person's own account. */
public final class MyAccount {
  private final Courses courses;
  private final Devices devices;
  private final InstantSource clock;
  private final Pages pages;

  /** The page. */
  public MyAccount(Courses courses, Devices devices, InstantSource clock, Pages pages) {
    this.courses = courses;
    this.devices = devices;
    this.clock = clock;
    this.pages = pages;
  }

  /** Its route. */
  public List<PageRoute> routes() {
    return List.of(PageRoute.get(Devices.PAGE, this::account));
  }

  private record Account(
      String username,
      String userName,
      String roles,
      Optional<Moment> since,
      Optional<Moment> until,
      boolean devicesKnown,
      List<Devices.Line> devices,
      boolean hasOthers,
      boolean hasEnrolled,
      List<CourseCard> enrolled,
      boolean hasTaught,
      List<CourseCard> taught) {}

  private Moment moment(Instant moment) {
    return Moment.of(moment, clock.instant());
  }

  private void account(Request request) throws IOException {
    Optional<Principal> person = SignIn.orRedirect(request);
    if (person.isEmpty()) {
      return;
    }
    Session session = SessionFilter.session(request.exchange());
    String username = person.get().id();
    List<CourseCard> enrolled = courses.ofStudent(username).stream().map(CourseCard::of).toList();
    List<CourseCard> taught = courses.ofInstructor(username).stream().map(CourseCard::of).toList();
    List<Devices.Line> lines = devices.of(person.get(), session);
    pages.show(
        request,
        200,
        "account",
        new Account(
            username,
            pages.hole(request, "user-name"),
            String.join(", ", person.get().roles().stream().sorted().toList()),
            session.authenticated().map(this::moment),
            session.expires().map(this::moment),
            devices.known(),
            lines,
            lines.stream().anyMatch(line -> !line.current()),
            !enrolled.isEmpty(),
            enrolled,
            !taught.isEmpty(),
            taught),
        Set.of());
  }
}
