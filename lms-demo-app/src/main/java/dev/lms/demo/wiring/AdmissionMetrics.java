// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.http.AdmissionFilter;
import dev.lms.demo.monitor.Metrics;
import dev.lms.demo.monitor.MetricsWriter;

/** Requests that are handled, wait and were refused, on {@code /metrics}. */
record AdmissionMetrics(AdmissionFilter filter) implements Metrics.Source {
  @Override
  public void writeTo(MetricsWriter out) {
    out.gauge("lms_requests_in_flight", "Requests that are handled now.", filter.inFlight());
    out.gauge("lms_requests_queued", "Requests that wait to be let in.", filter.queued());
    out.counter("lms_requests_shed_total", "Requests refused because of load.", filter.shed());
  }
}
