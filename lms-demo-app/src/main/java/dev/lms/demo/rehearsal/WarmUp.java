// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.rehearsal;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.LogLevel;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.wiring.CopyOfSite;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.RunningSite;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Visits before the first visitor: a worker that takes its place among others is as quick as they
 * are, because the JVM has compiled what answers the pages that most people ask for. The visits are
 * to a copy of the site in the same process, whose sessions and stored pages are its own: nobody
 * sees them, and no log and no metric counts them.
 */
public final class WarmUp {
  private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());

  /** After so many the JVM has compiled most of it. */
  public static final int VISITS = 20_000;

  /** Where many start at once, or on a machine that is busy, it has to do with less. */
  public static final Duration LONGEST = Duration.ofSeconds(5);

  private static final int VISITORS = 32;
  private static final List<String> FIRST = List.of("/", "/home", "/course/explore");
  private static final Pattern LINK = Pattern.compile("href=\"(/[^\"#&]*)\"");

  private WarmUp() {}

  /**
   * Visits a copy of this site, unless every detail is logged. What cannot be visited is left to
   * the first visitors.
   *
   * @param visits about how many
   * @param longest after which it ends
   * @return how many it was
   */
  public static long of(
      Config config, ResourcePlan plan, List<Feature> features, int visits, Duration longest) {
    if (config.operations().logLevel().compareTo(LogLevel.DEBUG) >= 0) {
      // Each visit would be told.
      return 0;
    }
    long began = System.nanoTime();
    try (CopyOfSite copy = CopyOfSite.of(config);
        HeldPorts _ = new HeldPorts(config.web())) {
      RunningSite site = RunningSite.startUnseen(copy.config(), plan, features);
      try {
        long paid = visit(site.port(), visits, began + longest.toNanos());
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        LOG.log(Level.INFO, "Warmed up by {0} visits in {1} ms", paid, took);
        return paid;
      } finally {
        site.stop(Duration.ZERO);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.INFO, "Begins cold: {0}", e.toString());
      return 0;
    }
  }

  /**
   * All of them ask before the first takes what it gets: the site never waits for a visitor. Then
   * they let the compilers finish, which have to share the processors with them: what is visited
   * while it is still interpreted takes much of the processors and teaches nothing.
   */
  private static long visit(int port, int visits, long end) throws IOException {
    List<String> pages = pages(port);
    Compilers compilers = Compilers.ofThisProcess();
    List<Passerby> visitors = new ArrayList<>();
    long paid = 0;
    try {
      for (int i = 0; i < VISITORS; i++) {
        visitors.add(new Passerby(port));
      }
      while (paid < visits && System.nanoTime() < end) {
        for (String page : pages) {
          for (Passerby visitor : visitors) {
            // As browsers ask, and as programs do.
            visitor.ask(page, ++paid % 2 == 0 ? "Accept-Encoding: gzip\r\n" : "");
          }
          for (Passerby visitor : visitors) {
            visitor.take();
          }
        }
        compilers.await(end);
      }
    } finally {
      for (Passerby visitor : visitors) {
        visitor.close();
      }
    }
    return paid;
  }

  /** The first pages, and what they link to: the more kinds, the less is compiled once more. */
  private static List<String> pages(int port) throws IOException {
    Set<String> pages = new LinkedHashSet<>();
    for (String first : FIRST) {
      String text = page(port, first);
      pages.add(first);
      LINK.matcher(text)
          .results()
          .map(link -> link.group(1))
          .filter(linked -> !pages.contains(linked) && answers(port, linked))
          .forEach(pages::add);
    }
    return List.copyOf(pages);
  }

  private static String page(int port, String target) throws IOException {
    try (Passerby visitor = new Passerby(port)) {
      visitor.ask(target, "");
      return new String(visitor.take(), StandardCharsets.UTF_8);
    }
  }

  /** Whether strangers get it, and are not sent elsewhere. */
  private static boolean answers(int port, String target) {
    try {
      page(port, target);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
