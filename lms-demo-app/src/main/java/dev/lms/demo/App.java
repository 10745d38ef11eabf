// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import dev.lms.demo.account.AccountFeature;
import dev.lms.demo.cache.CacheFeature;
import dev.lms.demo.course.CourseFeature;
import dev.lms.demo.debug.DebugFeature;
import dev.lms.demo.home.HomeFeature;
import dev.lms.demo.lab.LabFeature;
import dev.lms.demo.learn.LearnFeature;
import dev.lms.demo.ops.OpsFeature;
import dev.lms.demo.program.ProgramFeature;
import dev.lms.demo.teach.TeachFeature;
import dev.lms.demo.wiring.Feature;
import java.util.List;

/** The site: these features, each building on those before it. */
final class App {
  private App() {}

  static List<Feature> features() {
    return List.of(
        new AccountFeature(),
        new CourseFeature(),
        new LearnFeature(),
        new TeachFeature(),
        new ProgramFeature(),
        new HomeFeature(),
        new CacheFeature(),
        new OpsFeature(App::features),
        new LabFeature(),
        new DebugFeature());
  }
}
