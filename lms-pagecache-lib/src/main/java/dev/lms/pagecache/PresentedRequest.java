// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.Stamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A request as far as it decides which stored page may answer it: the presented request of RFC 9111
 * section 4.
 *
 * @param rule what its route declares
 * @param fields its header fields; only looked at in the {@link PageRule.Profile#RFC9111} profile,
 *     so that {@link Fields#NONE} will do in the other
 * @param receipt of a purge that the request must see the effect of
 */
record PresentedRequest(PageRule rule, Fields fields, Optional<Receipt> receipt) {
  /**
   * A request that shows no receipt.
   *
   * @param rule what its route declares
   * @param fields its header fields
   */
  PresentedRequest(PageRule rule, Fields fields) {
    this(rule, fields, Optional.empty());
  }

  /**
   * A request to a route that leaves nothing to the request's header fields.
   *
   * @param rule what the route declares
   * @return the request
   */
  static PresentedRequest of(PageRule rule) {
    return new PresentedRequest(rule, Fields.NONE);
  }

  /**
   * Whether the client would rather have an error than a render: {@code only-if-cached}.
   *
   * @return false in the profile that does not look at the request's fields
   */
  boolean acceptsOnlyStored() {
    return followsRfc9111() && fields.cacheControl().permits(Directive.ONLY_IF_CACHED);
  }

  boolean followsRfc9111() {
    return rule.profile() == PageRule.Profile.RFC9111;
  }

  /** What may be done with a stored page. */
  ReusePolicy.Reuse judge(Page page, Instant now) {
    return ReusePolicy.judge(page, rule.terms(), fields, now);
  }

  /** Whether a page may stand in for an answer that failed. */
  boolean takesInstead(Page page, Instant now) {
    return ReusePolicy.mayStandIn(page, rule.terms(), fields, now);
  }

  /** The purge the request must see the effect of. */
  Stamp seen() {
    return receipt.isPresent() ? receipt.get().stamp() : Stamp.NONE;
  }

  /** What an answer's {@code Vary} makes part of the key: never what the cache does by itself. */
  List<String> selectingFields(Page page) {
    if (!followsRfc9111()) {
      return List.of(); // There, what varies is declared and in the key already.
    }
    TreeSet<String> names = new TreeSet<>();
    for (String name : page.unwrap(Answer.class).fields().members("Vary")) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.equals("accept-encoding")) {
        names.add(lower);
      }
    }
    return List.copyOf(names);
  }

  /** What a page is stored under, given the key without secondary part. */
  PageKey keyOf(Page page, PageKey primary) {
    List<String> names = selectingFields(page);
    return names.isEmpty() ? primary : Keys.selecting(primary, names, fields);
  }
}
