package dev.lms.pagecache;

import dev.lms.pagecache.http.CacheControl;
import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Freshness;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * May this be stored, for whom, how long: the whole decision. The steps are asked in order; the
 * first that objects decides. When in doubt, pass. Routes in the {@link PageRule.Profile#RFC9111}
 * profile have steps of their own about the answer.
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
  static final int MAX_TAGS = 500;

  /**
   * A request, as far as it decides whether the cache is asked at all.
   *
   * @param method its method
   * @param target its target as it stood in the request
   * @param hasBody whether it has a body
   * @param hasAuthorization whether it has an {@code Authorization} field
   * @param rule what its route declares, if it is ever cached
   */
  public record Request(
      String method,
      URI target,
      boolean hasBody,
      boolean hasAuthorization,
      Optional<PageRule> rule) {}

  private static final Set<String> READS = Set.of("GET", "HEAD");

  private record Ask(Reason reason, Predicate<Request> objects) {}

  private static final List<Ask> ASKS =
      List.of(
          new Ask(Reason.POST, request -> request.method().equals("POST")),
          new Ask(Reason.METHOD, request -> !READS.contains(request.method())),
          new Ask(Reason.NEVER, request -> request.rule().isEmpty()),
          new Ask(Reason.TARGET, request -> !isPathAndQuery(request.target())),
          new Ask(Reason.BODY, Request::hasBody),
          new Ask(Reason.AUTHORIZATION, StoragePolicy::isAuthorized));

  record Step(Reason reason, Predicate<Render> objects) {}

  private static final List<Step> STEPS =
      List.of(
          new Step(Reason.ABORTED, render -> !render.complete()),
          new Step(Reason.SIZE, render -> !render.withinCap()),
          new Step(Reason.IDENTITY, render -> !render.sameAsker()),
          new Step(Reason.ERROR, render -> render.status() >= 500),
          new Step(Reason.STATUS, render -> !STORED_STATUSES.contains(render.status())),
          new Step(Reason.SET_COOKIE, SharedCachePolicy::setsACookie),
          new Step(Reason.NO_STORE, StoragePolicy::forbidsStoring),
          new Step(Reason.PERSONAL, StoragePolicy::isAboutAStranger),
          new Step(Reason.PRIVATE, StoragePolicy::isPrivateAndShared),
          new Step(Reason.STALE, render -> ttl(render).isZero()),
          new Step(Reason.VARY, StoragePolicy::variesByTheUnkeyed),
          new Step(Reason.UNKEYED, Render::readUnkeyed),
          new Step(Reason.ENCODED, render -> render.fields().has("Content-Encoding")),
          new Step(Reason.TAGS, StoragePolicy::hasTooManyTags));

  private StoragePolicy() {}

  /**
   * Judges a request: may it be answered from the cache?
   *
   * @param request the request
   * @return why not, or empty
   */
  public static Optional<Reason> objection(Request request) {
    for (Ask ask : ASKS) {
      if (ask.objects().test(request)) {
        return Optional.of(ask.reason());
      }
    }
    return Optional.empty();
  }

  /** A host, scheme or fragment in the target would reach the handler without being in the key. */
  private static boolean isPathAndQuery(URI target) {
    String path = target.getRawPath();
    return path != null
        && path.startsWith("/")
        && !path.startsWith("//")
        && target.getScheme() == null
        && target.getRawAuthority() == null
        && target.getRawFragment() == null;
  }

  private static boolean isAuthorized(Request request) {
    return request.hasAuthorization()
        && request.rule().filter(rule -> rule.profile() == PageRule.Profile.RFC9111).isEmpty()
        && !request.rule().map(PageRule::publicDespiteAuthorization).orElse(false);
  }

  /**
   * Judges a rendered page.
   *
   * @param render what happened
   * @return store or pass
   */
  public static Verdict judge(Render render) {
    for (Step step : steps(render)) {
      if (step.objects().test(render)) {
        return new Verdict.Pass(step.reason());
      }
    }
    return isRfc9111(render) ? SharedCachePolicy.store(render) : store(render);
  }

  private static Verdict.Store store(Render render) {
    return new Verdict.Store(
        variant(render),
        ttl(render),
        ReusePolicy.keptStale(render.rule(), render.fields()),
        Optional.empty());
  }

  private static List<Step> steps(Render render) {
    return isRfc9111(render) ? SharedCachePolicy.STEPS : STEPS;
  }

  private static boolean isRfc9111(Render render) {
    return render.rule().profile() == PageRule.Profile.RFC9111;
  }

  /**
   * A step and its answer, for explanations.
   *
   * @param reason what the step looks for
   * @param objects whether it found it; the first step that objects decides
   */
  public record Answered(Reason reason, boolean objects) {}

  /**
   * Every step that judges a request, with its answer.
   *
   * @param request the request
   * @return one answer for each step, in order
   */
  public static List<Answered> explain(Request request) {
    return ASKS.stream()
        .map(ask -> new Answered(ask.reason(), ask.objects().test(request)))
        .toList();
  }

  /**
   * Every step that judges a rendered page, with its answer.
   *
   * @param render what happened
   * @return one answer for each step, in order
   */
  public static List<Answered> explain(Render render) {
    return steps(render).stream()
        .map(step -> new Answered(step.reason(), step.objects().test(render)))
        .toList();
  }

  /** For whom: a page whose handler read about the person without declaring it is that person's. */
  static Variant variant(Render render) {
    return render.readPersonal() ? Variant.user(render.asker()) : render.variant();
  }

  /** How long: as the route declares, or shorter if the answer says so (RFC 9111 section 4.2.1). */
  private static Duration ttl(Render render) {
    Duration declared = render.rule().ttl();
    return Freshness.strictest(render.fields(), render.received().cameAt())
        .filter(said -> said.compareTo(declared) < 0)
        .orElse(declared);
  }

  /** {@code no-cache} would ask for a revalidation at each hit, and there is nobody to ask. */
  private static boolean forbidsStoring(Render render) {
    CacheControl says = render.fields().strictest();
    return says.says(Directive.NO_STORE) || says.says(Directive.NO_CACHE);
  }

  private static boolean isPrivateAndShared(Render render) {
    return render.fields().strictest().says(Directive.PRIVATE)
        && variant(render).kind() != Variant.Kind.USER;
  }

  static boolean isAboutAStranger(Render render) {
    return render.readPersonal() && render.asker().isAnonymous();
  }

  static boolean hasTooManyTags(Render render) {
    return render.tags().size() > MAX_TAGS;
  }

  /** The coding is the cache's own business; all else has to be declared, cookies too. */
  private static boolean variesByTheUnkeyed(Render render) {
    return render.fields().members("Vary").stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .anyMatch(
            name -> !name.equals("accept-encoding") && !render.rule().headers().contains(name));
  }
}
