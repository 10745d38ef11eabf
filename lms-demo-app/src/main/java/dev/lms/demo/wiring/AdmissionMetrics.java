// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import static dev.lms.demo.monitor.Families.sample;

import dev.lms.demo.http.AdmissionFilter;
import dev.lms.demo.http.BodyFilter;
import dev.lms.demo.http.ServerFailures;
import dev.lms.demo.monitor.Families;
import dev.lms.demo.monitor.Metrics;
import java.util.List;

/** Requests that are handled, arrive, wait and were refused, or never became any. */
record AdmissionMetrics(AdmissionFilter admission, BodyFilter bodies) implements Metrics.Source {
  @Override
  public void addTo(Families out) {
    out.gauge(
        "lms_requests_in_flight",
        "Requests in handlers now; pages from the cache need none.",
        admission.inFlight());
    out.gauge("lms_requests_queued", "Requests that wait for a handler.", admission.queued());
    out.gauge("lms_requests_arriving", "Requests whose bodies arrive now.", bodies.arriving());
    out.counter(
        "lms_requests_shed_total",
        "Requests refused because of load.",
        List.of(
            sample(admission.shedAtOnce(), "reason", "queue-full"),
            sample(admission.shedAfterWaiting(), "reason", "waited-too-long"),
            sample(bodies.refused(), "reason", "address"),
            sample(bodies.cut(), "reason", "slow-body")));
    out.counter(
        "lms_connections_closed_total",
        "Connections closed by the server before a request was read.",
        List.of(sample(ServerFailures.OF_THIS_PROCESS.headers(), "reason", "headers")));
  }
}
