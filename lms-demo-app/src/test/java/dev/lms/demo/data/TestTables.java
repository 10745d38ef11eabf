// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.data;

import dev.lms.demo.account.AccountFeature;
import dev.lms.demo.course.CourseFeature;
import dev.lms.demo.learn.LearnFeature;
import dev.lms.demo.program.ProgramFeature;
import dev.lms.demo.wiring.Feature;
import java.util.List;

/** The tables of the site. */
public final class TestTables {
  /** All of them. */
  public static final List<Tables> ALL =
      Feature.tablesOf(
          List.of(
              new AccountFeature(), new CourseFeature(), new LearnFeature(), new ProgramFeature()));

  private TestTables() {}
}
