// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.program.WatchedSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording holds after requests to a real server. */
class PageJfrTest {
  private static final String REQUEST = "dev.lms.pagecache.PageRequest";
  private static final String RENDER = "dev.lms.pagecache.PageRender";

  @TempDir Path folder;
  private final Recording recording = new Recording();
  private WatchedSite site;

  @BeforeEach
  void start() throws IOException {
    site = new WatchedSite(PageJfr::addTo);
  }

  @AfterEach
  void stop() {
    site.close();
    recording.close();
  }

  private void record(String... events) {
    recording.disable(REQUEST);
    recording.disable(RENDER);
    for (String event : events) {
      recording.enable(event);
    }
    recording.start();
  }

  /** The answer leaves before its event is committed. */
  private List<RecordedEvent> recorded(int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Path file = folder.resolve("recording.jfr");
    List<RecordedEvent> events = List.of();
    while (events.size() < count) {
      assertTrue(System.nanoTime() < deadline, events.toString());
      Files.deleteIfExists(file);
      recording.dump(file);
      events = RecordingFile.readAllEvents(file);
    }
    assertEquals(count, events.size(), events.toString());
    return events;
  }

  private static String told(RecordedEvent event) {
    return String.join(
        " ",
        event.getString("route"),
        event.getString("variant"),
        event.getString("result"),
        event.getBoolean("stored") ? "stored" : "passed");
  }

  private static List<RecordedEvent> of(String name, List<RecordedEvent> events) {
    return events.stream().filter(e -> e.getEventType().getName().equals(name)).toList();
  }

  @Test
  void requestsAreRecordedWithTheVerdictAndRendersBesideThem() throws Exception {
    record(REQUEST, RENDER);
    site.get("/course");
    recorded(2);
    site.get("/course");
    site.get("/form", "X-User", "grace");
    List<RecordedEvent> events = recorded(5);
    List<RecordedEvent> requests = of(REQUEST, events);
    assertEquals(
        List.of("/course anon hit passed", "/course anon miss stored", "/form user bypass passed"),
        requests.stream().map(PageJfrTest::told).sorted().toList());
    assertEquals(
        List.of("/course", "/form"),
        of(RENDER, events).stream().map(e -> e.getString("route")).sorted().toList());
    RecordedEvent form =
        requests.stream().filter(e -> told(e).startsWith("/form")).findFirst().orElseThrow();
    assertEquals("never", form.getString("reason"));
    assertFalse(events.toString().contains("grace"), "nobody is named");
  }

  @Test
  void aRenderThatNoRequestWaitsForIsRecorded() throws Exception {
    site.get("/course");
    site.later(Duration.ofSeconds(100));
    record(REQUEST);
    site.get("/course");
    assertEquals(
        List.of("/course anon background stored", "/course anon stale passed"),
        recorded(2).stream().map(PageJfrTest::told).sorted().toList());
  }

  @Test
  void aHandlerThatFailsIsNamedByItsFailure() throws Exception {
    record(REQUEST, RENDER);
    site.get("/fails");
    for (RecordedEvent event : recorded(2)) {
      assertEquals(IOException.class.getName(), event.getClass("failure").getName());
    }
  }

  @Test
  void oneOfTheEventsIsRecordedWithoutTheOther() throws Exception {
    record(RENDER);
    site.get("/course");
    assertEquals("/course", recorded(1).get(0).getString("route"));
  }

  @Test
  void withoutARecordingNothingIsKeptOfARequest() {
    assertSame(PageJfr.begins("/course"), PageJfr.begins("/course"));
    assertSame(PageJfr.begins("/course").renders(), PageJfr.begins("/form").renders());
  }
}
