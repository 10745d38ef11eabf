// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.program;

import dev.lms.demo.course.Courses;
import dev.lms.demo.data.Tables;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import java.util.List;

/** Programs and what they consist of. */
public final class ProgramFeature implements Feature {
  @Override
  public List<Tables> tables() {
    return List.of(new ProgramTables());
  }

  @Override
  public Content open(Parts parts) {
    return new Content()
        .pages(
            new ProgramPages(
                    new Programs(parts.database()), new Courses(parts.database()), parts.pages())
                .routes());
  }
}
