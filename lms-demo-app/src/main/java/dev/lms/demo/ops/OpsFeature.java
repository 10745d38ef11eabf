package dev.lms.demo.ops;

import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;

/** What load balancers and Prometheus ask. */
public final class OpsFeature implements Feature {
  @Override
  public Content open(Parts parts) {
    parts.metrics().add(new SessionMetrics(parts.sessions().sessions()::statistics));
    return new Content()
        .forOperators(new HealthPages(parts.health()).routes())
        .forOperators(new MetricsPage(parts.metrics()).routes());
  }
}
