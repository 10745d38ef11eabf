// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import com.google.gson.JsonObject;
import dev.lms.demo.config.LogLevel;
import dev.lms.demo.log.LogFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line for each event, on standard error. */
final class Logging {
  /** Held, because the JDK forgets loggers that nobody holds, with their levels. */
  private static final Logger OURS = Logger.getLogger("dev.lms");

  private Logging() {}

  static void setUp() {
    LogManager.getLogManager().reset();
    Handler handler = new ConsoleHandler();
    handler.setFormatter(new OneLine());
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    level(LogLevel.INFO);
  }

  /**
   * From now on only what is at least so important, and details only of what is ours: others would
   * write requests and statements whole, with what is secret in them.
   */
  static void level(LogLevel level) {
    Level ours = jdkLevel(level);
    OURS.setLevel(ours);
    boolean detailed = ours.intValue() < Level.INFO.intValue();
    Logger.getLogger("").setLevel(detailed ? Level.INFO : ours);
  }

  private static Level jdkLevel(LogLevel level) {
    return switch (level) {
      case OFF -> Level.OFF;
      case ERROR -> Level.SEVERE;
      case WARNING -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINER;
    };
  }

  /**
   * Debug messages from now on; at the next call what was configured again, or where that is as
   * detailed already, the usual messages only.
   */
  static void switchDetail(LogLevel configured) {
    boolean detailed = configured.compareTo(LogLevel.DEBUG) >= 0;
    LogLevel other = detailed ? LogLevel.INFO : LogLevel.DEBUG;
    LogLevel next = jdkLevel(other).equals(OURS.getLevel()) ? configured : other;
    level(next);
    System.out.printf(
        "Log level: %s (%s after the next SIGUSR1)%n",
        name(next), name(next == other ? configured : other));
  }

  private static String name(LogLevel level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  /** From now on messages are written like this. */
  static void format(LogFormat format) {
    if (format == LogFormat.JSON) {
      for (Handler handler : Logger.getLogger("").getHandlers()) {
        handler.setFormatter(new JsonLine());
      }
    }
  }

  /** An object with time, kind, level, logger, message and, if there is one, trace. */
  static final class JsonLine extends Formatter {
    @Override
    public String format(LogRecord event) {
      JsonObject line = new JsonObject();
      line.addProperty("time", event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString());
      line.addProperty("kind", "message");
      line.addProperty("level", event.getLevel().getName());
      line.addProperty("logger", event.getLoggerName());
      line.addProperty("message", formatMessage(event));
      if (event.getThrown() != null) {
        StringWriter trace = new StringWriter();
        event.getThrown().printStackTrace(new PrintWriter(trace, true));
        line.addProperty("trace", trace.toString());
      }
      return line + "\n";
    }
  }

  /** {@code 2026-01-31T12:00:00.000Z WARNING ErrorFilter: what happened}. */
  static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord event) {
      String logger = event.getLoggerName() == null ? "" : event.getLoggerName();
      StringBuilder line = new StringBuilder(160);
      line.append(instant(event.getInstant()))
          .append(' ')
          .append(event.getLevel().getName())
          .append(' ')
          .append(logger.substring(logger.lastIndexOf('.') + 1))
          .append(": ")
          .append(oneLine(formatMessage(event)))
          .append('\n');
      if (event.getThrown() != null) {
        StringWriter trace = new StringWriter();
        event.getThrown().printStackTrace(new PrintWriter(trace, true));
        line.append(trace);
      }
      return line.toString();
    }

    private static String instant(Instant instant) {
      return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** What a client sends may end up in a message; it must not be able to forge a line. */
    private static String oneLine(String message) {
      return message.replace("\r", "\\r").replace("\n", "\\n");
    }
  }
}
