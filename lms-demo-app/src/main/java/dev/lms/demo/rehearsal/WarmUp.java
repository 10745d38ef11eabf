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
import java.util.List;
import java.util.concurrent.TimeUnit;

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

  /** On a machine that is busy it has to do with less. */
  public static final Duration LONGEST = Duration.ofSeconds(5);

  private static final int VISITORS = 32;
  private static final String CATALOGUE = "/course/explore";

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
    try (CopyOfSite copy = CopyOfSite.of(config)) {
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

  /** All of them ask before the first takes what it gets: the site never waits for a visitor. */
  private static long visit(int port, int visits, long end) throws IOException {
    List<String> pages = pages(port);
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
      }
    } finally {
      for (Passerby visitor : visitors) {
        visitor.close();
      }
    }
    return paid;
  }

  private static List<String> pages(int port) throws IOException {
    List<String> pages = new ArrayList<>(List.of(CATALOGUE, "/", "/home"));
    try (Passerby visitor = new Passerby(port)) {
      visitor.ask(CATALOGUE, "");
      String catalogue = new String(visitor.take(), StandardCharsets.UTF_8);
      Rehearsal.courseOn(catalogue).map(Rehearsal::pageOf).ifPresent(pages::add);
    }
    return pages;
  }
}
