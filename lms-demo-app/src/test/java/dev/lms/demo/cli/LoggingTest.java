// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lms.demo.config.LogLevel;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class LoggingTest {

  private static LogRecord event(String message) {
    LogRecord event = new LogRecord(Level.WARNING, message);
    event.setLoggerName("dev.lms.demo.http.ErrorFilter");
    event.setInstant(Instant.parse("2026-01-31T12:00:00.123456Z"));
    return event;
  }

  @Test
  void oneLineForEachEvent() {
    assertEquals(
        "2026-01-31T12:00:00.123Z WARNING ErrorFilter: it happened\n",
        new Logging.OneLine().format(event("it happened")));
  }

  @Test
  void aClientCannotForgeALine() {
    String line = new Logging.OneLine().format(event("GET /\r\n2026 INFO App: all is well"));
    assertEquals(1, line.lines().count(), line);
  }

  @Test
  void theCauseIsLoggedForTheOperator() {
    LogRecord event = event("failed");
    event.setThrown(new IllegalStateException("why"));
    assertTrue(new Logging.OneLine().format(event).contains("IllegalStateException: why\n\tat "));
  }

  @Test
  void forProgramsItIsAnObjectALine() {
    LogRecord event = event("failed\nbadly");
    event.setThrown(new IllegalStateException("why"));
    String line = new Logging.JsonLine().format(event);
    assertEquals(1, line.lines().count(), line);
    JsonObject read = JsonParser.parseString(line).getAsJsonObject();
    assertEquals("failed\nbadly", read.get("message").getAsString());
    assertTrue(read.get("trace").getAsString().contains("IllegalStateException: why"), line);
  }

  /** The JDK's client writes each request with all its header fields. */
  @Test
  void detailsAreOnlyWrittenOfWhatIsOurs() {
    try {
      for (LogLevel detailed : List.of(LogLevel.DEBUG, LogLevel.TRACE)) {
        Logging.level(detailed);
        assertTrue(Logger.getLogger("dev.lms.session.Sessions").isLoggable(Level.FINE));
        Logger theirs = Logger.getLogger("sun.net.www.protocol.http.HttpURLConnection");
        assertFalse(theirs.isLoggable(Level.FINE));
        assertTrue(theirs.isLoggable(Level.INFO));
      }
      Logging.level(LogLevel.ERROR);
      assertFalse(Logger.getLogger("dev.lms.session.Sessions").isLoggable(Level.WARNING));
      assertFalse(Logger.getLogger("org.example").isLoggable(Level.WARNING));
    } finally {
      Logging.level(LogLevel.INFO);
    }
  }
}
