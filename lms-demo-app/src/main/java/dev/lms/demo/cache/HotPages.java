// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import dev.lms.demo.course.Courses;
import dev.lms.demo.program.Program;
import dev.lms.demo.program.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The pages that many people ask for, the most important first. Thread-safe. */
public final class HotPages {
  /** More courses than that are left to those who ask for them. */
  private static final int MOST_COURSES = 200;

  private static final List<String> FRONT = List.of("/", "/home");
  private static final String COURSES = "/course/explore";
  private static final String PROGRAMS = "/program/explore";

  private final Courses courses;
  private final Programs programs;

  /** Of this catalogue. */
  public HotPages(Courses courses, Programs programs) {
    this.courses = courses;
    this.programs = programs;
  }

  /** All of them. */
  public List<String> all() {
    List<String> pages = new ArrayList<>(FRONT);
    pages.add(COURSES);
    pages.add(PROGRAMS);
    programs.all().stream().map(Program::code).map(HotPages::program).forEach(pages::add);
    courses.codes(MOST_COURSES).stream().map(HotPages::course).forEach(pages::add);
    return pages;
  }

  /** Those that a purge of these tags makes unusable. */
  public static List<String> with(Set<String> tags) {
    List<String> pages = new ArrayList<>();
    if (tags.contains("courses") || tags.contains("programs")) {
      pages.addAll(FRONT);
    }
    if (tags.contains("courses")) {
      pages.add(COURSES);
    }
    if (tags.contains("programs")) {
      pages.add(PROGRAMS);
    }
    for (String tag : tags) {
      if (tag.startsWith("course:")) {
        pages.add(course(tag.substring("course:".length())));
      } else if (tag.startsWith("program:")) {
        pages.add(program(tag.substring("program:".length())));
      }
    }
    return pages;
  }

  private static String course(String code) {
    return "/course/" + code + "/view";
  }

  private static String program(String code) {
    return "/program/" + code;
  }
}
