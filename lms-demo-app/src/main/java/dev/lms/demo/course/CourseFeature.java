// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import dev.lms.demo.data.Tables;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import java.time.Duration;
import java.util.List;

/** The catalogue, and the page about each course. */
public final class CourseFeature implements Feature {
  @Override
  public List<Tables> tables() {
    return List.of(new CourseTables());
  }

  @Override
  public Content open(Parts parts) {
    Duration ttl = parts.config().pageCache().timeout();
    return new Content()
        .pages(new CataloguePages(new Catalogue(parts.database()), parts.pages(), ttl).routes())
        .pages(
            new CoursePages(
                    new Courses(parts.database()),
                    new Resources(parts.database()),
                    parts.pages(),
                    ttl)
                .routes());
  }
}
