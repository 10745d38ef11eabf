// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.benchmarks.report.Curve;
import dev.lms.benchmarks.report.Ratio;
import dev.lms.benchmarks.report.Spread;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * More pages than fit into the process. Readers ask for them as they do: for the second most
 * popular half as often as for the first, for the third a third as often, and so on.
 */
final class ManyPages {
  private static final String GROUP = "Pages in the process, up to ten times its memory";
  private static final String OVER = "pages";
  private static final String LOOKUP = "lookup that finds its page";
  private static final int[] TENTHS = {1, 10, 100};
  private static final int WHOLE = 10;
  private static final int QUESTIONS_PER_PAGE = 10;
  private static final long SEED = 20_260_101;

  private ManyPages() {}

  static void measure(Scale scale, Findings findings) throws Exception {
    Turns turns = new Turns();
    turns.curve(GROUP, LOOKUP, OVER, "us");
    List<Curve.Point> misses = new ArrayList<>();
    double best = 0;
    PageKey first = Pages.key("/page/0");
    long room = (Pages.page(first).weight() + 2L * first.text().length()) * scale.pages();
    for (int tenths : TENTHS) {
      int count = scale.pages() * tenths / WHOLE;
      List<PageKey> keys =
          IntStream.range(0, count).mapToObj(i -> Pages.key("/page/" + i)).toList();
      PageStore store = new LocalPageStore(room);
      double[] upTo = popularity(count);
      Random random = new Random(SEED);
      int questions = QUESTIONS_PER_PAGE * count;
      for (int i = 0; i < questions; i++) {
        ask(store, keys.get(draw(upTo, random)));
      }
      int missed = 0;
      for (int i = 0; i < questions; i++) {
        missed += ask(store, keys.get(draw(upTo, random))) ? 0 : 1;
      }
      misses.add(new Curve.Point(count, List.of(100.0 * missed / questions)));
      // Whoever knew how popular each will be would keep the most popular ones.
      best = upTo[Math.min(count, scale.pages()) - 1] / upTo[count - 1];
      List<PageKey> found = keys.stream().filter(key -> Pages.isHit(store, key)).toList();
      int[] next = {0};
      turns.at(
          LOOKUP,
          count,
          Work.repeated(
              scale.batch(), () -> Pages.expectHit(store, found.get(next[0]++ % found.size()))));
    }
    findings.measure(turns, scale);
    findings.growth(LOOKUP, null);
    double hits = 1 - misses.get(misses.size() - 1).median() / 100;
    findings.add(
        Ratio.of(
            "hits, ten times as many pages as fit",
            "the best that is possible",
            0,
            true,
            null,
            Spread.of(List.of(hits / best))));
  }

  /** Whether it was found; it is stored if not. */
  private static boolean ask(PageStore store, PageKey key) {
    boolean found = Pages.isHit(store, key);
    if (!found) {
      Pages.store(store, key, Pages.page(key));
    }
    return found;
  }

  private static double[] popularity(int count) {
    double[] upTo = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
    return upTo;
  }

  private static int draw(double[] upTo, Random random) {
    int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
    return Math.min(upTo.length - 1, found < 0 ? -found - 1 : found);
  }
}
