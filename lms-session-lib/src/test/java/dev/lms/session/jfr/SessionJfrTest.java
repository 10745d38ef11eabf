// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.KeyRing;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.UnifiedJedis;

/** What a recording holds after what happened to sessions in a real Redis. */
class SessionJfrTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");
  private static final Principal GRACE = new Principal("grace", Set.of("student"));
  private static final String EVENT = "dev.lms.session.StoreCall";

  @TempDir Path folder;
  private final RedisServer server = RedisServer.start();
  private final UnifiedJedis redis = RedisConnections.open(server.url(), 4);
  private final Sessions sessions =
      SessionJfr.addTo(Sessions.builder(new RedisSessionStore(redis, KEYS, "session:"), KEYS))
          .settings(SessionSettings.plainHttp())
          .build();

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private List<RecordedEvent> recorded(Runnable what) throws IOException {
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(EVENT);
      recording.start();
      what.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }

  private String signedIn() {
    Session session = sessions.open(null);
    session.set("a", "1");
    session.signIn(GRACE);
    session.commit();
    return session.setCookie().orElseThrow().replaceFirst(";.*", "");
  }

  private static String told(RecordedEvent event) {
    return event.getString("operation") + ' ' + event.getString("outcome");
  }

  @Test
  void callsAreRecordedWithTheirOutcomeAndNobodysName() throws IOException {
    List<RecordedEvent> events =
        recorded(
            () -> {
              String cookie = signedIn();
              assertTrue(sessions.open(List.of(cookie)).exists());
              assertFalse(sessions.open(List.of(cookie + "x")).exists());
            });
    assertEquals(
        List.of("create answered", "load answered", "load forged"),
        events.stream().map(SessionJfrTest::told).toList());
    assertTrue(events.get(0).getDuration().toNanos() > 0);
    assertFalse(events.toString().contains("grace"), events::toString);
  }

  @Test
  void aCallThatFailsNamesTheFailure() throws IOException {
    String cookie = signedIn();
    server.close();
    List<RecordedEvent> events =
        recorded(
            () ->
                assertThrows(
                    SessionStoreException.class, () -> sessions.open(List.of(cookie)).exists()));
    assertEquals("load failed", told(events.get(0)));
    assertEquals(
        SessionStoreException.class.getName(), events.get(0).getClass("failure").getName());
  }

  @Test
  void withoutARecordingNothingIsKeptOfACall() {
    assertSame(SessionJfr.begins("load"), SessionJfr.begins("load"));
  }
}
