// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.rehearsal;

import dev.lms.demo.account.Account;
import dev.lms.demo.account.Users;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.ConfigException;
import dev.lms.demo.config.DataFolder;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.Samples;
import dev.lms.demo.wiring.Feature;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Visits by which the JVM learns what a site is going to do: strangers and an administrator look at
 * the pages that most people look at, so often that the JVM compiles what answers them, and now and
 * then a course is edited. What it has learned it writes down when it ends (JEP 483, 514, 515), for
 * the processes to come.
 */
public final class Rehearsal {
  /** After so many the JVM has compiled what it is going to. */
  public static final int ROUNDS = 200;

  private static final int STRANGERS = 3;

  /** What programs say of their connection before their last request: most say nothing. */
  private static final List<String> FIELDS =
      List.of("", "Accept-Encoding: gzip\r\n", "Connection: keep-alive\r\n");

  private static final int EDITS = 4;

  /** On a machine that is busy it learns less. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final String NAME = "rehearsal";
  private static final String EMBEDDED = "jdbc:sqlite:";
  private static final Pattern COURSE = Pattern.compile("href=\"/course/([^/\"]+)/view\"");

  private final String password;

  private Rehearsal(String password) {
    this.password = password;
  }

  /**
   * Adds an account to a site that does not serve yet, and that nobody else is going to use.
   *
   * @throws ConfigException if there is a site already: it would get an administrator that nobody
   *     knows of
   */
  public static Rehearsal prepare(Config config, List<Feature> features) throws IOException {
    String url = config.databaseUrl();
    if (!url.startsWith(EMBEDDED) || Files.exists(Path.of(url.substring(EMBEDDED.length())))) {
      throw new ConfigException(
          List.of(
              "LMS_DATA_DIR: a rehearsal makes a site of its own; give it a new folder, and no"
                  + " DATABASE_URL"));
    }
    DataFolder.create(config.dataDir());
    Rehearsal rehearsal = new Rehearsal(UUID.randomUUID().toString());
    try (Database database =
        Database.open(config.databaseUrl(), 1, Feature.tablesOf(features), Samples.CATALOGUE)) {
      new Users(database, true)
          .add(new Account(NAME, "The Rehearsal", Set.of("admin")), rehearsal.password);
    }
    return rehearsal;
  }

  /**
   * Visits the site.
   *
   * @param rounds how often each visitor looks at each page
   * @throws IOException if an answer is not as it should be
   */
  public void run(URI site, int rounds) throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    String code =
        courseOn(new Visitor(site).read("/course/explore"))
            .orElseThrow(() -> new IOException("a site without courses cannot be rehearsed"));
    List<Callable<Void>> visits = new ArrayList<>();
    visits.add(() -> edit(site, code, rounds, end));
    for (int i = 0; i < STRANGERS; i++) {
      visits.add(() -> look(new Visitor(site), pages(code), rounds, end));
    }
    visits.add(() -> passBy(site.getPort(), pages(code), rounds, end));
    try (ExecutorService visitors = Executors.newFixedThreadPool(visits.size())) {
      for (Future<Void> visit : visitors.invokeAll(visits)) {
        visit.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a visit failed: " + e.getCause(), e);
    }
  }

  /** The code of a course that this page of the catalogue shows. */
  private static Optional<String> courseOn(String catalogue) {
    Matcher course = COURSE.matcher(catalogue);
    return course.find() ? Optional.of(course.group(1)) : Optional.empty();
  }

  private static String pageOf(String code) {
    return "/course/" + code + "/view";
  }

  private static List<String> pages(String code) {
    return List.of("/course/explore", "/", "/course/explore?page=2", pageOf(code), "/home");
  }

  private static Void look(Visitor visitor, List<String> pages, int rounds, long end)
      throws IOException {
    for (int round = 0; round < rounds && System.nanoTime() < end; round++) {
      for (String page : pages) {
        visitor.look(page);
        visitor.read(page);
        visitor.lookAgain(page);
      }
    }
    return null;
  }

  /** Where all requests were alike, code for the others would be compiled once more. */
  private static Void passBy(int port, List<String> pages, int rounds, long end)
      throws IOException {
    for (int round = 0; round < rounds && System.nanoTime() < end; round++) {
      for (String page : pages) {
        try (Passerby visitor = new Passerby(port)) {
          for (String fields : FIELDS) {
            visitor.ask(page, fields);
            visitor.take();
          }
          visitor.ask(page, "Connection: close\r\n");
          visitor.take();
        }
        try (Passerby impatient = new Passerby(port)) {
          impatient.ask(page, "");
          if (round % 2 == 0) {
            impatient.vanish();
          }
        }
      }
    }
    return null;
  }

  private Void edit(URI site, String code, int rounds, long end) throws IOException {
    Visitor admin = new Visitor(site);
    String signIn = "/user/login";
    admin.send(signIn, signIn, Map.of("username", NAME, "password", password));
    for (int i = 0; i < EDITS; i++) {
      look(admin, pages(code), rounds / EDITS, end);
      admin.read("/user/account");
      String desk = "/course/" + code + "/";
      admin.send(desk + "admin", desk + "edit", Map.of("title", "Rehearsed"));
    }
    admin.send("/home", "/user/logout", Map.of());
    return null;
  }
}
