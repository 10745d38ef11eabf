// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.audit;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a handler read of its exchange, and which of its lines did. For one thread. */
public final class ReadLog {
  /** Ours, between whoever reads and what is read. */
  private static final Set<String> OURS =
      Set.of(
          "dev.lms.pagecache",
          "dev.lms.pagecache.audit",
          "dev.lms.pagecache.httpserver",
          "dev.lms.pagecache.httpserver.exchange");

  private static final int MOST_READS = 20;
  private static final int MOST_FRAMES = 3;

  private final Set<Read> reads = new LinkedHashSet<>();

  /** Begins a log without reads. */
  public ReadLog() {}

  /**
   * A read.
   *
   * @param what was read
   * @param where the lines that led to it, the innermost first
   */
  public record Read(String what, String where) {}

  /**
   * Something is read just now.
   *
   * @param what it is
   */
  public void add(String what) {
    if (reads.size() < MOST_READS) {
      reads.add(new Read(what, StackWalker.getInstance().walk(ReadLog::where)));
    }
  }

  private static String where(Stream<StackWalker.StackFrame> stack) {
    return stack
        .dropWhile(frame -> isOurs(frame) || isOfTheJdk(frame))
        .takeWhile(frame -> !isOurs(frame) && !isOfTheJdk(frame))
        .limit(MOST_FRAMES)
        .map(StackWalker.StackFrame::toStackTraceElement)
        .map(
            line ->
                line.getClassName().substring(line.getClassName().lastIndexOf('.') + 1)
                    + '.'
                    + line.getMethodName()
                    + '('
                    + line.getFileName()
                    + ':'
                    + line.getLineNumber()
                    + ')')
        .collect(Collectors.joining(" from "));
  }

  private static boolean isOurs(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return OURS.contains(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
  }

  private static boolean isOfTheJdk(StackWalker.StackFrame frame) {
    String name = frame.getClassName();
    return name.startsWith("java.")
        || name.startsWith("jdk.")
        || name.startsWith("sun.")
        || name.startsWith("com.sun.");
  }

  /**
   * All reads so far.
   *
   * @return in their order, each once
   */
  public List<Read> reads() {
    return List.copyOf(reads);
  }
}
