// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.Browser;
import dev.lms.demo.account.AccountPages;
import dev.lms.demo.account.Devices;
import dev.lms.demo.account.Gate;
import dev.lms.demo.account.OwnPassword;
import dev.lms.demo.account.Passwords;
import dev.lms.demo.account.Users;
import dev.lms.demo.cache.HotPages;
import dev.lms.demo.course.Catalogue;
import dev.lms.demo.course.CataloguePages;
import dev.lms.demo.course.CoursePages;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.course.Resources;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.Samples;
import dev.lms.demo.data.TestTables;
import dev.lms.demo.http.ErrorFilter;
import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.http.Proxies;
import dev.lms.demo.http.Route;
import dev.lms.demo.http.Router;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.learn.EnrolmentHole;
import dev.lms.demo.learn.EnrolmentPages;
import dev.lms.demo.learn.LessonPages;
import dev.lms.demo.learn.MyCourses;
import dev.lms.demo.learn.Progress;
import dev.lms.demo.log.Audit;
import dev.lms.demo.log.LogFormat;
import dev.lms.demo.program.ProgramPages;
import dev.lms.demo.program.Programs;
import dev.lms.demo.teach.TeachFeature;
import dev.lms.demo.view.Assets;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.view.Visitor;
import dev.lms.demo.view.Visitors;
import dev.lms.demo.wiring.Purged;
import dev.lms.session.KeyRing;
import dev.lms.session.SessionSettings;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.httpserver.SessionFilter;
import dev.lms.session.testkit.MovableClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** All features of the site on a real server, real sessions and a real database; no page cache. */
final class TestSite implements AutoCloseable {
  static final String SECRET = "a secret of a test that is long enough";

  private final MovableClock clock = new MovableClock(Instant.now());
  private final Database database;
  private final Passwords passwords;
  private final Queue<String> audit = new ConcurrentLinkedQueue<>();
  private final Sessions sessions;
  private final WebServer server;

  TestSite(Path folder, int port, Consumer<Set<String>> purge) throws IOException {
    database =
        Database.open(
            "jdbc:sqlite:" + folder.resolve("lms.db"), 2, TestTables.ALL, Samples.ACCOUNTS);
    passwords = new Passwords(2);
    Courses courses = new Courses(database);
    Resources resources = new Resources(database);
    Enrolments enrolments = new Enrolments(database, clock);
    Programs programs = new Programs(database);
    Assets assets = new Assets();
    Users users = new Users(database, true);
    Map<String, HoleFiller> fillers = new HashMap<>(AccountPages.holes(users));
    Visitors visitors =
        new Visitors(
            TestSite::visitor,
            TestSite::visitor,
            (exchange, name) -> fill(fillers, exchange, name));
    Pages pages = new Pages(visitors, assets);
    Progress progress = new Progress(database, clock);
    fillers.put(CoursePages.STANDING, new EnrolmentHole(courses, enrolments, progress, pages));
    fillers.put(MyCourses.NAME, new MyCourses(progress, courses, pages));
    Duration ttl = Duration.ofSeconds(90);

    KeyRing keys = KeyRing.of(SECRET);
    sessions =
        Sessions.builder(FileSessionStore.open(folder.resolve("sessions"), keys), keys)
            .settings(SessionSettings.plainHttp())
            .clock(clock)
            .build();
    List<PageRoute> pageRoutes = new ArrayList<>();
    pageRoutes.addAll(new HomePages(courses, programs, pages, ttl).routes());
    Gate gate =
        new Gate(new Proxies(Set.of()), new Audit(LogFormat.TEXT, clock, audit::add), clock);
    Devices devices = new Devices(sessions, clock, true);
    pageRoutes.addAll(devices.routes(gate));
    pageRoutes.addAll(new MyAccount(courses, devices, clock, pages).routes());
    pageRoutes.addAll(new CataloguePages(new Catalogue(database), pages, ttl).routes());
    pageRoutes.addAll(new CoursePages(courses, resources, pages, ttl).routes());
    pageRoutes.addAll(
        new LessonPages(courses, resources, enrolments, progress, pages, ttl, purge).routes());
    pageRoutes.addAll(new EnrolmentPages(courses, enrolments, pages, purge).routes());
    pageRoutes.addAll(
        TeachFeature.routes(
            database,
            clock,
            pages,
            tags -> {
              purge.accept(tags);
              return new Purged(3, 2);
            }));
    pageRoutes.addAll(new ProgramPages(programs, courses, pages).routes());
    pageRoutes.addAll(
        new AccountPages(users, passwords, List.of(SECRET), false, gate, pages).routes());
    pageRoutes.addAll(new OwnPassword(users, passwords, gate, sessions, true, pages).routes());

    List<Route> routes = new ArrayList<>(assets.routes());
    pageRoutes.forEach(page -> routes.add(page.route()));

    server =
        WebServer.start(
            HttpProvider.JDK,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            List.of(new ErrorFilter(e -> Optional.empty()), new SessionFilter(sessions)),
            new Router(routes, pages::problem));
  }

  private static Visitor visitor(HttpExchange exchange) {
    return SessionFilter.session(exchange).principal().isPresent()
        ? Visitor.PERSON
        : Visitor.STRANGER;
  }

  private static String fill(Map<String, HoleFiller> fillers, HttpExchange exchange, String name) {
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    Map<String, String> variables = path.length > 2 ? Map.of("code", path[2]) : Map.of();
    return requireNonNull(fillers.get(name)).fill(SessionFilter.session(exchange), variables);
  }

  Browser browser() {
    return new Browser(address());
  }

  Browser browser(String userAgent) {
    return new Browser(address(), userAgent);
  }

  private URI address() {
    return URI.create(
        "http://" + server.address().getHostString() + ":" + server.address().getPort());
  }

  HotPages hotPages() {
    return new HotPages(new Courses(database), new Programs(database));
  }

  /** Lets time pass. */
  void pass(Duration time) {
    clock.move(time);
  }

  /** What the audit log has. */
  String audit() {
    return String.join("\n", audit);
  }

  Database database() {
    return database;
  }

  Sessions sessions() {
    return sessions;
  }

  @Override
  public void close() {
    server.drain(Duration.ofSeconds(5));
    passwords.close();
    database.close();
  }
}
