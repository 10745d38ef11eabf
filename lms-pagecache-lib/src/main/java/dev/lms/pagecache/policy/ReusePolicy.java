// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import dev.lms.pagecache.http.CacheControl;
import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.store.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * May this stored page answer this request: the whole decision (RFC 9111 section 4, RFC 5861).
 * Whether it was purged is not asked here; what was purged is never found.
 */
public final class ReusePolicy {
  /** What may be done with a stored page. */
  public enum Reuse {
    /** Answer with it. */
    USE,
    /** Answer with it, and see to it that there is a newer one: {@code stale-while-revalidate}. */
    USE_AND_REVALIDATE,
    /** Ask the handler first. */
    VALIDATE
  }

  private ReusePolicy() {}

  /**
   * {@return what may be done with a stored page}
   *
   * @param page the page
   * @param terms what its route declares
   * @param request the header fields of the request; only looked at where the answer decides
   * @param now the present time
   */
  public static Reuse judge(Page page, Terms terms, Fields request, Instant now) {
    if (terms.followRfc9111()) {
      if (isForbidden(page, terms, request) || isInsisted(page, request, now)) {
        return Reuse.VALIDATE;
      }
      if (page.isFresh(now) || isStaleWelcome(page, request, now)) {
        return Reuse.USE;
      }
    } else if (page.isFresh(now)) {
      return Reuse.USE;
    }
    return isWithin(page, whileRevalidating(page, terms), now)
        ? Reuse.USE_AND_REVALIDATE
        : Reuse.VALIDATE;
  }

  /**
   * {@return whether a stored page may replace an answer that failed: {@code stale-if-error}}
   *
   * @param page the page
   * @param terms what its route declares
   * @param request the header fields of the request; only looked at where the answer decides
   * @param now the present time
   */
  public static boolean mayStandIn(Page page, Terms terms, Fields request, Instant now) {
    return !(terms.followRfc9111() && isForbidden(page, terms, request))
        && (page.isFresh(now) || isWithin(page, ifError(page, terms), now));
  }

  /**
   * {@return how much longer than it is fresh an answer is worth keeping}
   *
   * @param terms what its route declares
   * @param answer the header fields of the answer
   */
  public static Duration keptStale(Terms terms, Fields answer) {
    Duration most = longer(terms.staleWhileRevalidate(), terms.staleIfError());
    if (terms.followRfc9111()) {
      CacheControl says = answer.targeted();
      most = longer(most, says.seconds(Directive.STALE_WHILE_REVALIDATE).orElse(Duration.ZERO));
      most = longer(most, says.seconds(Directive.STALE_IF_ERROR).orElse(Duration.ZERO));
      most = longer(most, hasValidator(answer) ? FOR_VALIDATION : Duration.ZERO);
    }
    return most;
  }

  /** How long a page that can be validated is kept for that. */
  private static final Duration FOR_VALIDATION = Duration.ofMinutes(10);

  static boolean hasValidator(Fields answer) {
    return answer.has("ETag") || answer.has("Last-Modified");
  }

  /** Requests with credentials get only what was declared to be for all (RFC 9111 section 3.5). */
  private static boolean isForbidden(Page page, Terms terms, Fields request) {
    return page.unwrap(Answer.class).fields().targeted().says(Directive.NO_CACHE)
        || (request.has("Authorization")
            && !terms.publicDespiteAuthorization()
            && !isPublic(page.unwrap(Answer.class).fields()));
  }

  static boolean isPublic(Fields answer) {
    CacheControl says = answer.targeted();
    return says.permits(Directive.PUBLIC)
        || says.permits(Directive.S_MAXAGE)
        || says.permits(Directive.MUST_REVALIDATE);
  }

  /** The request wants something fresher (RFC 9111 section 5.2.1). */
  private static boolean isInsisted(Page page, Fields request, Instant now) {
    CacheControl wants = request.cacheControl();
    Duration age = Duration.between(page.renderedAt(), now);
    Duration left = Duration.between(now, page.freshUntil());
    return wants.says(Directive.NO_CACHE)
        || wants.seconds(Directive.MAX_AGE).filter(most -> age.compareTo(most) > 0).isPresent()
        || (wants.says(Directive.MIN_FRESH) && !wants.permits(Directive.MIN_FRESH))
        || wants
            .seconds(Directive.MIN_FRESH)
            .filter(least -> left.compareTo(least) < 0)
            .isPresent();
  }

  /**
   * The request takes a stale page and the answer does not forbid it (RFC 9111 section 5.2.1.2).
   * Only without an argument does it take one of any age; an argument that is no time is none at
   * all.
   */
  private static boolean isStaleWelcome(Page page, Fields request, Instant now) {
    CacheControl wants = request.cacheControl();
    return !forbidsStale(page)
        && (wants.isBare(Directive.MAX_STALE)
            || wants
                .seconds(Directive.MAX_STALE)
                .filter(most -> isWithin(page, most, now))
                .isPresent());
  }

  /** RFC 9111 section 4.2.4. */
  private static boolean forbidsStale(Page page) {
    CacheControl says = page.unwrap(Answer.class).fields().targeted();
    return says.says(Directive.MUST_REVALIDATE)
        || says.says(Directive.PROXY_REVALIDATE)
        || says.says(Directive.S_MAXAGE)
        || says.says(Directive.NO_CACHE);
  }

  private static Duration whileRevalidating(Page page, Terms terms) {
    return window(page, terms, Directive.STALE_WHILE_REVALIDATE, terms.staleWhileRevalidate());
  }

  private static Duration ifError(Page page, Terms terms) {
    return window(page, terms, Directive.STALE_IF_ERROR, terms.staleIfError());
  }

  /** As the answer says, in the profile that lets it; otherwise as the route declares. */
  private static Duration window(Page page, Terms terms, Directive directive, Duration declared) {
    if (!terms.followRfc9111()) {
      return declared;
    }
    if (forbidsStale(page)) {
      return Duration.ZERO;
    }
    Optional<Duration> said = page.unwrap(Answer.class).fields().targeted().seconds(directive);
    return said.orElse(declared);
  }

  private static boolean isWithin(Page page, Duration window, Instant now) {
    return now.isBefore(page.freshUntil().plus(window));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
