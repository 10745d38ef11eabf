// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where two lists of words differ, by Myers' algorithm (E. W. Myers, Algorithmica 1, 1986). */
final class Hunks {
  /** What differs in more words than that differs altogether. */
  private static final int MOST = 1_000;

  /** Words between two hunks that are one place. */
  private static final int CLOSE = 2;

  /** Words of the first list that stand in the place of words of the second. */
  record Hunk(int from, int to, int otherFrom, int otherTo) {
    /** Whether all of it lies within what changes anyway. */
    boolean isWithin(List<Hunk> unsteady) {
      return unsteady.stream().anyMatch(known -> known.from <= from && to <= known.to);
    }
  }

  private Hunks() {}

  static List<Hunk> between(List<String> here, List<String> there) {
    int start = 0;
    int most = Math.min(here.size(), there.size());
    while (start < most && here.get(start).equals(there.get(start))) {
      start++;
    }
    int end = 0;
    while (end < most - start
        && here.get(here.size() - 1 - end).equals(there.get(there.size() - 1 - end))) {
      end++;
    }
    List<Hunk> hunks = new ArrayList<>();
    for (Hunk hunk :
        middle(here.subList(start, here.size() - end), there.subList(start, there.size() - end))) {
      hunks.add(
          new Hunk(
              hunk.from + start, hunk.to + start, hunk.otherFrom + start, hunk.otherTo + start));
    }
    return hunks;
  }

  /** Two names with a space between them are one place, not two. */
  static List<Hunk> joined(List<Hunk> hunks) {
    List<Hunk> joined = new ArrayList<>();
    for (Hunk hunk : hunks) {
      Hunk last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null
          && hunk.from - last.to <= CLOSE
          && hunk.from - last.to == hunk.otherFrom - last.otherTo) {
        joined.set(joined.size() - 1, new Hunk(last.from, hunk.to, last.otherFrom, hunk.otherTo));
      } else {
        joined.add(hunk);
      }
    }
    return joined;
  }

  private static List<Hunk> middle(List<String> here, List<String> there) {
    if (here.isEmpty() && there.isEmpty()) {
      return List.of();
    }
    List<int[]> reached = new ArrayList<>();
    int longest = Math.min(MOST, here.size() + there.size());
    int[] furthest = new int[2 * longest + 3];
    int zero = longest + 1;
    for (int edits = 0; edits <= longest; edits++) {
      reached.add(furthest.clone());
      for (int k = -edits; k <= edits; k += 2) {
        boolean down =
            k == -edits || (k != edits && furthest[zero + k - 1] < furthest[zero + k + 1]);
        int x = down ? furthest[zero + k + 1] : furthest[zero + k - 1] + 1;
        int y = x - k;
        while (x < here.size() && y < there.size() && here.get(x).equals(there.get(y))) {
          x++;
          y++;
        }
        furthest[zero + k] = x;
        if (x >= here.size() && y >= there.size()) {
          return back(reached, here.size(), there.size(), zero);
        }
      }
    }
    return List.of(new Hunk(0, here.size(), 0, there.size()));
  }

  /** The way back from the end, whose steps that touch one another are one hunk. */
  private static List<Hunk> back(List<int[]> reached, int x, int y, int zero) {
    List<Hunk> hunks = new ArrayList<>();
    int hereAt = x;
    int thereAt = y;
    for (int edits = reached.size() - 1; edits > 0; edits--) {
      int[] furthest = reached.get(edits);
      int k = hereAt - thereAt;
      boolean down = k == -edits || (k != edits && furthest[zero + k - 1] < furthest[zero + k + 1]);
      int before = down ? k + 1 : k - 1;
      int fromX = furthest[zero + before];
      int fromY = fromX - before;
      add(hunks, new Hunk(fromX, down ? fromX : fromX + 1, fromY, down ? fromY + 1 : fromY));
      hereAt = fromX;
      thereAt = fromY;
    }
    Collections.reverse(hunks);
    return hunks;
  }

  /** Hunks come from the last to the first. */
  private static void add(List<Hunk> hunks, Hunk hunk) {
    Hunk next = hunks.isEmpty() ? null : hunks.get(hunks.size() - 1);
    if (next != null && next.from == hunk.to && next.otherFrom == hunk.otherTo) {
      hunks.set(hunks.size() - 1, new Hunk(hunk.from, next.to, hunk.otherFrom, next.otherTo));
    } else {
      hunks.add(hunk);
    }
  }
}
