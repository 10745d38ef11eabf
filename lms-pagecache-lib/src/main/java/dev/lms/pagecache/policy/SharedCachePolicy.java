// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import dev.lms.pagecache.http.CacheControl;
import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Freshness;
import dev.lms.pagecache.http.ListScanner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * May this be stored, for whom, how long, in the profile where the answer decides, as RFC 9111
 * section 3 asks of a shared cache. The steps are asked in order; the first that objects decides.
 * Stricter than the RFC in two points: nothing that sets a cookie is stored, and no answer of the
 * 5xx kind.
 */
public final class SharedCachePolicy {
  /** Parts of an answer: of no use without the whole. */
  private static final Set<Integer> PARTS = Set.of(206, 304);

  /** Those RFC 9110 section 15 defines, for answers that want to be understood. */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(
          200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404,
          405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426);

  static final List<Step<Rendered>> STEPS =
      List.of(
          new Step<>(Reason.ASYNC, rendered -> rendered.is(Fact.ANSWERED_ELSEWHERE)),
          new Step<>(Reason.ABORTED, rendered -> rendered.is(Fact.CUT_SHORT)),
          new Step<>(Reason.SIZE, rendered -> rendered.is(Fact.TOO_LONG)),
          new Step<>(Reason.IDENTITY, rendered -> rendered.is(Fact.ASKER_CHANGED)),
          new Step<>(Reason.ERROR, rendered -> rendered.status() >= 500),
          new Step<>(Reason.STATUS, SharedCachePolicy::isNoWholeAnswer),
          new Step<>(Reason.SET_COOKIE, SharedCachePolicy::setsACookie),
          new Step<>(Reason.NO_STORE, SharedCachePolicy::forbidsStoring),
          new Step<>(Reason.PERSONAL, StoragePolicy::isAboutAStranger),
          new Step<>(Reason.PRIVATE, rendered -> says(rendered).says(Directive.PRIVATE)),
          new Step<>(Reason.AUTHORIZATION, SharedCachePolicy::isForOnePerson),
          new Step<>(Reason.VARY, SharedCachePolicy::variesByWhoKnowsWhat),
          new Step<>(Reason.STALE, SharedCachePolicy::isOfNoUse),
          new Step<>(Reason.TAGS, StoragePolicy::hasTooManyTags));

  private SharedCachePolicy() {}

  /**
   * {@return how an answer would be stored, whatever the steps say}
   *
   * @param rendered what happened
   */
  public static Verdict.Store store(Rendered rendered) {
    Freshness freshness = freshness(rendered);
    return new Verdict.Store(
        StoragePolicy.reach(rendered),
        freshness.lifetime(),
        ReusePolicy.keptStale(rendered.terms(), rendered.fields()),
        Optional.of(freshness.age()));
  }

  private static CacheControl says(Rendered rendered) {
    return rendered.fields().targeted();
  }

  private static Freshness freshness(Rendered rendered) {
    return Freshness.of(
        rendered.status(),
        rendered.fields(),
        rendered.received().askedAt(),
        rendered.received().cameAt(),
        rendered.terms().ttl());
  }

  private static boolean isNoWholeAnswer(Rendered rendered) {
    return rendered.status() < 200
        || PARTS.contains(rendered.status())
        || (says(rendered).says(Directive.MUST_UNDERSTAND)
            && !UNDERSTOOD.contains(rendered.status()));
  }

  /** By everything, or by what is no field. */
  private static boolean variesByWhoKnowsWhat(Rendered rendered) {
    return rendered.fields().members("Vary").stream()
        .anyMatch(name -> name.equals("*") || !ListScanner.isToken(name));
  }

  static boolean setsACookie(Rendered rendered) {
    return rendered.fields().has("Set-Cookie") || rendered.fields().has("Set-Cookie2");
  }

  private static boolean forbidsStoring(Rendered rendered) {
    return says(rendered).says(Directive.NO_STORE)
        || rendered.received().request().cacheControl().says(Directive.NO_STORE);
  }

  private static boolean isForOnePerson(Rendered rendered) {
    return rendered.received().request().has("Authorization")
        && !rendered.terms().publicDespiteAuthorization()
        && !ReusePolicy.isPublic(rendered.fields());
  }

  /** Neither fresh for a moment nor ever to be validated or served stale. */
  private static boolean isOfNoUse(Rendered rendered) {
    Duration lifetime = freshness(rendered).lifetime();
    return lifetime.isZero() && !ReusePolicy.hasValidator(rendered.fields());
  }
}
