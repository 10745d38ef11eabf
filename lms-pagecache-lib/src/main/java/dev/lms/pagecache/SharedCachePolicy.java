package dev.lms.pagecache;

import dev.lms.pagecache.http.CacheControl;
import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Freshness;
import dev.lms.pagecache.http.ListScanner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * May this be stored, for whom, how long, in the {@link PageRule.Profile#RFC9111} profile: what the
 * answer says decides, as RFC 9111 section 3 asks of a shared cache. The steps are asked in order;
 * the first that objects decides. Stricter than the RFC in two points: nothing that sets a cookie
 * is stored, and no answer of the 5xx kind.
 */
final class SharedCachePolicy {
  /** Parts of an answer: of no use without the whole. */
  private static final Set<Integer> PARTS = Set.of(206, 304);

  /** Those RFC 9110 section 15 defines, for answers that want to be understood. */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(
          200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404,
          405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426);

  static final List<StoragePolicy.Step> STEPS =
      List.of(
          new StoragePolicy.Step(Reason.ABORTED, render -> !render.complete()),
          new StoragePolicy.Step(Reason.SIZE, render -> !render.withinCap()),
          new StoragePolicy.Step(Reason.IDENTITY, render -> !render.sameAsker()),
          new StoragePolicy.Step(Reason.ERROR, render -> render.status() >= 500),
          new StoragePolicy.Step(Reason.STATUS, SharedCachePolicy::isNoWholeAnswer),
          new StoragePolicy.Step(Reason.SET_COOKIE, SharedCachePolicy::setsACookie),
          new StoragePolicy.Step(Reason.NO_STORE, SharedCachePolicy::forbidsStoring),
          new StoragePolicy.Step(Reason.PERSONAL, StoragePolicy::isAboutAStranger),
          new StoragePolicy.Step(Reason.PRIVATE, render -> says(render).says(Directive.PRIVATE)),
          new StoragePolicy.Step(Reason.AUTHORIZATION, SharedCachePolicy::isForOnePerson),
          new StoragePolicy.Step(Reason.VARY, SharedCachePolicy::variesByWhoKnowsWhat),
          new StoragePolicy.Step(Reason.STALE, SharedCachePolicy::isOfNoUse),
          new StoragePolicy.Step(Reason.TAGS, StoragePolicy::hasTooManyTags));

  private SharedCachePolicy() {}

  static Verdict.Store store(Render render) {
    Freshness freshness = freshness(render);
    return new Verdict.Store(
        StoragePolicy.variant(render),
        freshness.lifetime(),
        ReusePolicy.keptStale(render.rule(), render.fields()),
        Optional.of(freshness.age()));
  }

  private static CacheControl says(Render render) {
    return render.fields().targeted();
  }

  private static Freshness freshness(Render render) {
    return Freshness.of(
        render.status(),
        render.fields(),
        render.received().askedAt(),
        render.received().cameAt(),
        render.rule().ttl());
  }

  private static boolean isNoWholeAnswer(Render render) {
    return render.status() < 200
        || PARTS.contains(render.status())
        || (says(render).says(Directive.MUST_UNDERSTAND) && !UNDERSTOOD.contains(render.status()));
  }

  /** By everything, or by what is no field. */
  private static boolean variesByWhoKnowsWhat(Render render) {
    return render.fields().members("Vary").stream()
        .anyMatch(name -> name.equals("*") || !ListScanner.isToken(name));
  }

  static boolean setsACookie(Render render) {
    return render.fields().has("Set-Cookie") || render.fields().has("Set-Cookie2");
  }

  private static boolean forbidsStoring(Render render) {
    return says(render).says(Directive.NO_STORE)
        || render.received().request().cacheControl().says(Directive.NO_STORE);
  }

  private static boolean isForOnePerson(Render render) {
    return render.received().request().has("Authorization")
        && !render.rule().publicDespiteAuthorization()
        && !ReusePolicy.isPublic(render.fields());
  }

  /** Neither fresh for a moment nor ever to be validated or served stale. */
  private static boolean isOfNoUse(Render render) {
    Duration lifetime = freshness(render).lifetime();
    return lifetime.isZero() && !ReusePolicy.hasValidator(render.fields());
  }
}
