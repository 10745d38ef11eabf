// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.opentelemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.OutagePolicy;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** What an SDK exports after what happened to sessions in a real Redis. */
class SessionTelemetryTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  /** No part of a random hexadecimal number, as "ada" may be. */
  private static final Principal GRACE = new Principal("grace", Set.of("student"));

  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("lms.session.operation");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("lms.session.outcome");
  private static final int MORE_THAN_THE_BREAKER_TAKES = 50;

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(metrics).build())
          .build();
  private final RedisServer server = RedisServer.start();
  private final UnifiedJedis redis = RedisConnections.open(server.url(), 4);
  private final Sessions sessions = sessions(sdk);

  private Sessions sessions(OpenTelemetry telemetry) {
    return SessionTelemetry.addTo(
            Sessions.builder(new RedisSessionStore(redis, KEYS, "session:"), KEYS)
                .settings(SessionSettings.plainHttp().withPassport(Duration.ofMinutes(5))),
            telemetry,
            "redis")
        .build();
  }

  @AfterEach
  void stop() {
    sdk.close();
    redis.close();
    server.close();
  }

  private static String signedIn(Sessions sessions) {
    Session session = sessions.open(null);
    session.set("a", "1");
    session.signIn(GRACE);
    session.commit();
    return session.setCookie().orElseThrow().replaceFirst(";.*", "");
  }

  private Session request(String cookie) {
    return sessions.open(List.of(cookie));
  }

  private List<SpanData> ended() {
    return spans.getFinishedSpanItems();
  }

  @Test
  void aCallOfTheStoreIsASpanBelowTheRequests() {
    String cookie = signedIn(sessions);
    spans.reset();
    Span request = sdk.getTracer("test").spanBuilder("GET /").startSpan();
    try (Scope current = request.makeCurrent()) {
      assertTrue(request(cookie).exists());
      assertEquals(request, Span.current(), "the request's span is the current one again");
    }
    SpanData load = ended().get(0);
    assertEquals(1, ended().size());
    assertEquals("session load", load.getName());
    assertEquals(SpanKind.CLIENT, load.getKind());
    assertEquals(request.getSpanContext().getSpanId(), load.getParentSpanId());
    assertEquals("redis", load.getAttributes().get(AttributeKey.stringKey("lms.session.store")));
    assertEquals("load", load.getAttributes().get(OPERATION));
    assertEquals("answered", load.getAttributes().get(OUTCOME));
    assertEquals(StatusCode.UNSET, load.getStatus().getStatusCode());
    request.end();
  }

  @Test
  void aForgedTokenIsNoError() {
    assertFalse(request(signedIn(sessions) + "x").exists());
    SpanData last = ended().get(ended().size() - 1);
    assertEquals("forged", last.getAttributes().get(OUTCOME));
    assertEquals(StatusCode.UNSET, last.getStatus().getStatusCode());
    assertEquals(1, sum("lms.session.tampered"));
  }

  @Test
  void anOutageIsAnErrorOfEachCallAndStandsInTheMetrics() {
    String cookie = signedIn(sessions);
    Session withPassport = sessions.open(null);
    withPassport.signIn(GRACE);
    withPassport.commit();
    List<String> both =
        withPassport.answerFields().stream()
            .map(field -> field.value().replaceFirst(";.*", ""))
            .toList();
    server.kill();
    spans.reset();
    for (int i = 0; i < MORE_THAN_THE_BREAKER_TAKES; i++) {
      assertThrows(SessionStoreException.class, () -> request(cookie).exists());
    }
    List<SpanData> calls = ended();
    assertEquals(MORE_THAN_THE_BREAKER_TAKES, calls.size());
    for (SpanData call : calls) {
      assertEquals(StatusCode.ERROR, call.getStatus().getStatusCode());
      assertEquals("exception", call.getEvents().get(0).getName());
    }
    assertEquals("failed", calls.get(0).getAttributes().get(OUTCOME));
    assertEquals("refused", calls.get(calls.size() - 1).getAttributes().get(OUTCOME));
    assertEquals(1, sum("lms.session.store.outages"));
    assertEquals(1, sum("lms.session.store.outage"));
    long refused =
        calls.stream().filter(c -> "refused".equals(c.getAttributes().get(OUTCOME))).count();
    assertEquals(refused, sum("lms.session.store.refused"));
    assertEquals(Optional.of(GRACE), sessions.open(both, OutagePolicy.PASSPORT).principal());
    assertEquals(1, sum("lms.session.passports"));
  }

  @Test
  void countsWhatHappensAndTimesWhatTheStoreIsAsked() {
    signedIn(sessions);
    signedIn(sessions);
    assertEquals(2, sessions.revokeAll("grace"));
    assertEquals(2, sum("lms.session.created"));
    assertEquals(2, sum("lms.session.ended"));
    MetricData durations = metric("lms.session.store.duration");
    assertEquals("s", durations.getUnit());
    HistogramPointData creates =
        durations.getHistogramData().getPoints().stream()
            .filter(point -> "create".equals(point.getAttributes().get(OPERATION)))
            .findFirst()
            .orElseThrow();
    assertEquals(2, creates.getCount());
    assertEquals(13, creates.getBoundaries().size());
    assertTrue(creates.getSum() > 0 && creates.getSum() < 10, creates + " in seconds");
  }

  @Test
  void withoutAnSdkNothingHappens() {
    Sessions silent = sessions(OpenTelemetry.noop());
    assertTrue(silent.open(List.of(signedIn(silent))).exists());
    assertEquals(List.of(), ended());
  }

  @Test
  void nothingThatIsExportedNamesAPersonOrASession() {
    String cookie = signedIn(sessions);
    assertTrue(request(cookie).exists());
    String handle = request(cookie).handle().orElseThrow();
    String all = ended() + " " + metrics.collectAllMetrics();
    assertTrue(all.contains("load"));
    assertFalse(all.contains("grace") || all.contains(handle), all);
    assertFalse(all.contains(cookie.substring(cookie.indexOf('=') + 1)), all);
  }

  private MetricData metric(String name) {
    return metrics.collectAllMetrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private long sum(String name) {
    return metric(name).getLongSumData().getPoints().stream()
        .mapToLong(LongPointData::getValue)
        .sum();
  }
}
