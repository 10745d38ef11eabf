// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import dev.lms.demo.account.Devices;
import dev.lms.demo.course.Courses;
import dev.lms.demo.program.Programs;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;

/** The front page and the page of a person's own account. */
public final class HomeFeature implements Feature {
  @Override
  public Content open(Parts parts) {
    Courses courses = new Courses(parts.database());
    Programs programs = new Programs(parts.database());
    return new Content()
        .pages(
            new HomePages(courses, programs, parts.pages(), parts.config().pageCache().timeout())
                .routes())
        .pages(new MyAccount(courses, Devices.of(parts), parts.clock(), parts.pages()).routes());
  }
}
