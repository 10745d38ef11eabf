// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.policy.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What would pay, in words: of what was counted, and of how little of a page is personal. */
final class Advice {
  /** Fewer requests say nothing. */
  private static final long ENOUGH = 20;

  /** A page that was only warmed answers nobody for a while. */
  private static final long MANY = 500;

  /** So few places are worth a hole each. */
  private static final int FEW_PLACES = 3;

  /** What a declaration would cure, in words. */
  private static final Map<String, String> CURES =
      Map.of(
          Reason.UNKEYED.token(),
              "the handler reads a part of the request that the rule does not name: declare it with"
                  + " withHeaders or withParameters, or leave it alone",
          Reason.VARY.token(),
              "the answer's Vary names a field that the rule does not: declare it with withHeaders",
          Reason.SET_COOKIE.token(),
              "the answer sets a cookie: set it where something is changed, not on a page",
          Reason.PERSONAL.token(),
              "the handler reads the session of strangers: write a hole for what depends on it",
          Reason.PRIVATE.token(),
              "the answer says private: declare the page perPerson, or share it",
          Reason.SIZE.token(), "the body is longer than the cap: raise maxPageBytes, or page it",
          Reason.ENCODED.token(), "the answer is encoded already: leave coding to the cache",
          Reason.TAGS.token(), "the page has too many tags: tag it by what changes together");

  /** What an audit found about a page. */
  record Seen(
      String route,
      String path,
      String variant,
      boolean isLeak,
      List<Spot> places,
      List<String> reads) {}

  /** Where two people's pages differ, and what stands before it. */
  record Spot(String at, String before) {}

  /** Advice, and how many renders it would spare. */
  private record Weighed(long renders, String sentence) {}

  /** What was asked for a route. */
  private static final class Route {
    private CacheStats.Counts all = CacheStats.Counts.NONE;
    private CacheStats.Counts ofOne = CacheStats.Counts.NONE;
    private final Map<String, Long> passed = new TreeMap<>();

    void add(CacheStats.Line line) {
      all = all.plus(line.counts());
      if (line.variant().equals(Variant.Kind.USER.token())) {
        ofOne = ofOne.plus(line.counts());
      }
      line.passed().forEach((reason, count) -> passed.merge(reason, count, Long::sum));
    }
  }

  private Advice() {}

  static List<String> of(CacheStats stats, Collection<Seen> findings) {
    Map<String, Route> routes = new TreeMap<>();
    stats.lines().forEach(line -> routes.computeIfAbsent(line.route(), r -> new Route()).add(line));
    List<Weighed> advice = new ArrayList<>();
    routes.forEach(
        (name, route) -> {
          personal(name, route, findings).ifPresent(advice::add);
          refused(name, route).ifPresent(advice::add);
          seldomAgain(name, route).ifPresent(advice::add);
        });
    return advice.stream()
        .sorted(Comparator.comparingLong(Weighed::renders).reversed())
        .map(Weighed::sentence)
        .toList();
  }

  /** Answers that the store was asked for, so those of routes with a rule. */
  private static long asked(CacheStats.Counts counts) {
    return counts.hits() + counts.stale() + counts.collapsed() + counts.misses();
  }

  private static Optional<Weighed> personal(String name, Route route, Collection<Seen> findings) {
    long all = asked(route.all);
    long ofOne = asked(route.ofOne);
    if (ofOne < ENOUGH || ofOne * 2 < all) {
      return Optional.empty();
    }
    String what =
        String.format(Locale.ROOT, "%s is person for %,d of %,d; ", name, ofOne, all)
            + findings.stream()
                .filter(finding -> !finding.isLeak() && finding.route().equals(name))
                .filter(finding -> !isAnotherAnswer(finding))
                .min(Comparator.comparingInt(finding -> finding.places().size()))
                .map(Advice::little)
                .orElse("if little of it is about the person, make that a hole");
    return Optional.of(new Weighed(route.ofOne.misses(), what));
  }

  private static String little(Seen finding) {
    int places = finding.places().size();
    if (places == 0) {
      return "two people get the same page: share it, or see why the handler asks who they are"
          + reads(finding);
    }
    if (places <= FEW_PLACES) {
      return "two people's pages differ in "
          + (places == 1 ? "one place (" : places + " places (")
          + String.join("; ", finding.places().stream().map(Advice::at).toList())
          + (places == 1 ? "): make it a hole" : "): make them holes");
    }
    return "and two people's pages differ in " + places + " places: it is rightly so";
  }

  private static boolean isAnotherAnswer(Seen finding) {
    return finding.places().stream().anyMatch(place -> place.at().equals("the status"));
  }

  private static String at(Spot place) {
    return place.at()
        + (place.before().isBlank() ? "" : ", after “" + place.before().strip() + "”");
  }

  private static Optional<Weighed> refused(String name, Route route) {
    long all = asked(route.all);
    return route.passed.entrySet().stream()
        .filter(reason -> CURES.containsKey(reason.getKey()))
        .max(Map.Entry.comparingByValue())
        .filter(most -> most.getValue() >= ENOUGH && most.getValue() * 2 >= all)
        .map(
            most ->
                new Weighed(
                    most.getValue(),
                    String.format(
                        Locale.ROOT,
                        "%s is not stored for %,d of %,d; %s",
                        name,
                        most.getValue(),
                        all,
                        CURES.get(most.getKey()))));
  }

  private static Optional<Weighed> seldomAgain(String name, Route route) {
    CacheStats.Counts shared = route.all;
    long answered = shared.hits() + shared.stale() + shared.collapsed();
    if (shared.stored() < MANY || answered * 10 >= asked(shared)) {
      return Optional.empty();
    }
    return Optional.of(
        new Weighed(
            shared.stored(),
            String.format(
                Locale.ROOT,
                "%s stored %,d pages that answered %,d requests; keep it longer, or put less into"
                    + " its key",
                name,
                shared.stored(),
                answered)));
  }

  static String sentence(Seen finding) {
    String what =
        finding.isLeak()
            ? "A page shared by \"" + finding.variant() + "\" is not the same for all: "
            : "A page of one person differs from somebody else's: ";
    return what
        + finding.path()
        + (finding.route().isEmpty() ? "" : " (" + finding.route() + ")")
        + " at "
        + (finding.places().isEmpty()
            ? "no place"
            : String.join("; ", finding.places().stream().map(Advice::at).toList()))
        + reads(finding);
  }

  private static String reads(Seen finding) {
    return finding.reads().isEmpty()
        ? ". The handler read nothing of its exchange: it knows the person from elsewhere, such as"
            + " a field or a thread's local"
        : ". It read " + String.join("; ", finding.reads());
  }
}
