// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Curve;
import dev.lms.benchmarks.report.Ratio;
import java.io.IOException;
import java.util.List;
import java.util.function.ObjDoubleConsumer;

/** Measures what grows with what, one part after the other. */
public final class Growth {
  /** Something that is measured by itself, with servers and folders of its own. */
  private interface Part {
    void measure(Scale scale, Findings findings) throws Exception;
  }

  /** Holds processes to one core, with all their threads. */
  public interface Cores {
    /** This process and these. */
    void pin(long... others) throws IOException, InterruptedException;

    /** To all cores again. */
    void release(long... others) throws IOException, InterruptedException;
  }

  private record Step(String what, double seconds, Part part) {}

  private static final List<Step> STEPS =
      List.of(
          new Step("sessions in Redis", 30, ManySessions::measure),
          new Step("sessions in files", 70, ManyFiles::measure),
          new Step("one person's sessions", 45, OnePerson::measure),
          new Step("size of a session", 25, SessionSize::measure),
          new Step("all sessions at once", 40, Census::measure),
          new Step("tags of a page", 20, ManyTags::measure),
          new Step("pages in the process", 15, ManyPages::measure),
          new Step("nodes with near copies", 25, Nodes::measure),
          new Step("workers", 15, Workers::measure),
          new Step("callers at once", 55, Callers::measure),
          new Step("revoked sessions", 10, Revoked::measure));

  /** About so many for everything, with the scale of the documents. */
  public static final double SECONDS = STEPS.stream().mapToDouble(Step::seconds).sum();

  private Growth() {}

  /**
   * All there is.
   *
   * @param missing in sentences, what did not fit
   */
  public record Outcome(List<Curve> curves, List<Ratio> ratios, List<String> missing) {}

  /**
   * Measures everything.
   *
   * @param next is told what is measured next, and how many seconds that takes about
   */
  public static Outcome measure(Scale scale, Cores cores, ObjDoubleConsumer<String> next)
      throws IOException, InterruptedException {
    Findings findings = new Findings(cores);
    for (Step step : STEPS) {
      next.accept(step.what(), step.seconds());
      try {
        step.part().measure(scale, findings);
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("Measuring " + step.what() + " failed: " + e, e);
      }
    }
    return findings.outcome();
  }
}
