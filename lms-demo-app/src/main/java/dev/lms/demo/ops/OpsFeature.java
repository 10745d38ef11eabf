// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.ops;

import dev.lms.demo.cache.HotPages;
import dev.lms.demo.cache.PageExplainer;
import dev.lms.demo.cache.Roster;
import dev.lms.demo.course.Courses;
import dev.lms.demo.program.Programs;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import java.util.List;
import java.util.function.Supplier;

/** What load balancers, Prometheus and operators ask. */
public final class OpsFeature implements Feature {
  private final Supplier<List<Feature>> features;

  /**
   * The pages of operators.
   *
   * @param features of the site, which explains itself by a copy of them
   */
  public OpsFeature(Supplier<List<Feature>> features) {
    this.features = features;
  }

  @Override
  public Content open(Parts parts) {
    ProcessMetrics process = new ProcessMetrics(parts.clock());
    parts.metrics().add(process);
    parts.purges().follow(tags -> process.purged());
    parts.metrics().add(new SessionMetrics(parts.sessions().sessions()::statistics));
    parts.metrics().add(new DatabaseMetrics(parts.database()));
    HitHistory history = parts.closing().add(new HitHistory(parts.pageCache()::stats));
    Roster roster = new Roster(parts.config());
    HotPages hot = new HotPages(new Courses(parts.database()), new Programs(parts.database()));
    return new Content()
        .forOperators(new HealthPages(parts.health()).routes())
        .forOperators(new MetricsPage(parts.metrics()).routes())
        .pages(
            new OpsPages(
                    parts.config(),
                    parts.pages(),
                    history,
                    parts.sessions().sessions()::stats,
                    parts.sessions().name(),
                    parts.purges()::purgeAndCount,
                    hot::all,
                    (target, user) ->
                        PageExplainer.explain(
                            parts.config(), parts.plan(), features.get(), target, user),
                    parts.pageAudit(),
                    parts.audit())
                .routes())
        .whenStarted(
            port -> {
              roster.enter(port);
              history.begin();
            })
        .whenStopping(roster::leave);
  }
}
