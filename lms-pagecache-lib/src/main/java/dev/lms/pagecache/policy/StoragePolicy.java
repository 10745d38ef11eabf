// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import dev.lms.pagecache.http.CacheControl;
import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Freshness;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * May this be stored, for whom, how long: the whole decision. The steps are asked in order; the
 * first that objects decides. When in doubt, pass. Where the answer decides there are steps of
 * their own ({@link SharedCachePolicy}).
 */
public final class StoragePolicy {

  /**
   * Statuses that are stored: those RFC 9110 section 15.1 calls heuristically cacheable and that
   * stand for a whole, settled answer. Not 206 and 304 (parts of an answer), 302, 303 and 307 (most
   * often a detour for this one visitor), 405, 414, 501 (about the request), nor any other error:
   * an error that is stored outlives its cause.
   */
  private static final Set<Integer> STORED_STATUSES = Set.of(200, 203, 301, 308, 404, 410);

  /** More tags would make a script of the shared store run too long. */
  private static final int MAX_TAGS = 500;

  private static final List<Step<Rendered>> STEPS =
      List.of(
          new Step<>(Reason.ASYNC, rendered -> rendered.is(Fact.ANSWERED_ELSEWHERE)),
          new Step<>(Reason.ABORTED, rendered -> rendered.is(Fact.CUT_SHORT)),
          new Step<>(Reason.SIZE, rendered -> rendered.is(Fact.TOO_LONG)),
          new Step<>(Reason.IDENTITY, rendered -> rendered.is(Fact.ASKER_CHANGED)),
          new Step<>(Reason.ERROR, rendered -> rendered.status() >= 500),
          new Step<>(Reason.STATUS, rendered -> !STORED_STATUSES.contains(rendered.status())),
          new Step<>(Reason.SET_COOKIE, SharedCachePolicy::setsACookie),
          new Step<>(Reason.NO_STORE, StoragePolicy::forbidsStoring),
          new Step<>(Reason.PERSONAL, StoragePolicy::isAboutAStranger),
          new Step<>(Reason.PRIVATE, StoragePolicy::isPrivateAndShared),
          new Step<>(Reason.STALE, rendered -> ttl(rendered).isZero()),
          new Step<>(Reason.VARY, StoragePolicy::variesByTheUnkeyed),
          new Step<>(Reason.UNKEYED, rendered -> rendered.is(Fact.READ_UNKEYED)),
          new Step<>(Reason.ENCODED, rendered -> rendered.fields().has("Content-Encoding")),
          new Step<>(Reason.TAGS, StoragePolicy::hasTooManyTags));

  private StoragePolicy() {}

  /**
   * Judges a rendered page.
   *
   * @param rendered what happened
   * @return store or pass
   */
  public static Verdict judge(Rendered rendered) {
    Optional<Reason> objection = Step.first(steps(rendered), rendered);
    if (objection.isPresent()) {
      return new Verdict.Pass(objection.get());
    }
    return rendered.terms().followRfc9111() ? SharedCachePolicy.store(rendered) : store(rendered);
  }

  /**
   * {@return every step that judges a rendered page with its answer, in order}
   *
   * @param rendered what happened
   */
  public static List<Answered> explain(Rendered rendered) {
    return Step.all(steps(rendered), rendered);
  }

  private static List<Step<Rendered>> steps(Rendered rendered) {
    return rendered.terms().followRfc9111() ? SharedCachePolicy.STEPS : STEPS;
  }

  private static Verdict.Store store(Rendered rendered) {
    return new Verdict.Store(
        reach(rendered),
        ttl(rendered),
        ReusePolicy.keptStale(rendered.terms(), rendered.fields()),
        Optional.empty());
  }

  /** For whom: a page whose handler read about the person without declaring it is that person's. */
  static Verdict.Reach reach(Rendered rendered) {
    return rendered.is(Fact.READ_PERSON) ? Verdict.Reach.ONE_PERSON : Verdict.Reach.AS_DECLARED;
  }

  /** How long: as the route declares, or shorter if the answer says so (RFC 9111 section 4.2.1). */
  private static Duration ttl(Rendered rendered) {
    Duration declared = rendered.terms().ttl();
    return Freshness.strictest(rendered.fields(), rendered.received().cameAt())
        .filter(said -> said.compareTo(declared) < 0)
        .orElse(declared);
  }

  /** {@code no-cache} would ask for a revalidation at each hit, and there is nobody to ask. */
  private static boolean forbidsStoring(Rendered rendered) {
    CacheControl says = rendered.fields().strictest();
    return says.says(Directive.NO_STORE) || says.says(Directive.NO_CACHE);
  }

  private static boolean isPrivateAndShared(Rendered rendered) {
    return rendered.fields().strictest().says(Directive.PRIVATE) && !isForOnePerson(rendered);
  }

  /** A page about a stranger is nobody's, so it is shared by all strangers. */
  private static boolean isForOnePerson(Rendered rendered) {
    return !rendered.is(Fact.STRANGER_ASKED)
        && (rendered.is(Fact.READ_PERSON) || rendered.is(Fact.FOR_ONE_PERSON));
  }

  static boolean isAboutAStranger(Rendered rendered) {
    return rendered.is(Fact.READ_PERSON) && rendered.is(Fact.STRANGER_ASKED);
  }

  static boolean hasTooManyTags(Rendered rendered) {
    return rendered.tags() > MAX_TAGS;
  }

  /** The coding is the cache's own business; all else has to be declared, cookies too. */
  private static boolean variesByTheUnkeyed(Rendered rendered) {
    return rendered.fields().members("Vary").stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .anyMatch(
            name -> !name.equals("accept-encoding") && !rendered.terms().headers().contains(name));
  }
}
