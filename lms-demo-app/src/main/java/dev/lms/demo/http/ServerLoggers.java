// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import java.util.ResourceBundle;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends what {@link System.Logger}s are told to {@code java.util.logging}, as the JDK does by
 * itself, and lets {@link ServerFailures} hear what the JDK's server says to no one else. The JDK
 * finds it as a service. A level of {@code java.util.logging} would not do: below that of debug
 * messages, the server makes five for each request.
 */
public final class ServerLoggers extends System.LoggerFinder {
  private static final String SERVER = "com.sun.net.httpserver";

  /** For the JDK. */
  public ServerLoggers() {
    // Nothing to do: the JDK demands it.
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    Logger logger = Logger.getLogger(name);
    return name.equals(SERVER) ? new Heard(logger) : new Bridge(logger);
  }

  /** Passes everything on. */
  private static class Bridge implements System.Logger {
    /** Held, because the JDK forgets loggers that nobody holds, with their levels. */
    private final Logger logger;

    Bridge(Logger logger) {
      this.logger = logger;
    }

    @Override
    public String getName() {
      return logger.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
      return logger.isLoggable(theirs(level));
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        LogRecord event = event(level, bundle, message);
        event.setThrown(thrown);
        logger.log(event);
      }
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String format, Object... parameters) {
      if (isLoggable(level)) {
        LogRecord event = event(level, bundle, format);
        event.setParameters(parameters);
        logger.log(event);
      }
    }

    private LogRecord event(Level level, @Nullable ResourceBundle bundle, String message) {
      LogRecord event = new LogRecord(theirs(level), message);
      event.setLoggerName(logger.getName());
      event.setResourceBundle(bundle);
      return event;
    }

    private static java.util.logging.Level theirs(Level level) {
      return switch (level) {
        case ALL -> java.util.logging.Level.ALL;
        case TRACE -> java.util.logging.Level.FINER;
        case DEBUG -> java.util.logging.Level.FINE;
        case INFO -> java.util.logging.Level.INFO;
        case WARNING -> java.util.logging.Level.WARNING;
        case ERROR -> java.util.logging.Level.SEVERE;
        case OFF -> java.util.logging.Level.OFF;
      };
    }
  }

  /** Has failures counted, whatever is written of them. */
  private static final class Heard extends Bridge {
    Heard(Logger logger) {
      super(logger);
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
      if (thrown != null) {
        ServerFailures.OF_THIS_PROCESS.hear(message, thrown);
      }
      super.log(level, bundle, message, thrown);
    }
  }
}
