// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.observation.PageObserver.Verdict;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where an answer came from and what became of it.
 *
 * @param source where it came from
 * @param who what those have in common who share it, or would
 * @param page the page: the stored one, or the one just rendered if it could be stored
 * @param stored whether it was stored now
 * @param reason why it was neither from the cache nor stored
 */
record Outcome(
    Source source, Variant.Kind who, Optional<Page> page, boolean stored, Optional<Reason> reason) {

  /** Where an answer came from. */
  enum Source {
    /** The store; in an outage, a page whose content has not changed. */
    HIT,
    /** The render of another request for the same page. */
    COLLAPSED,
    /** The store, with a page that is no longer fresh and is just rendered again. */
    STALE,
    /** The store, with a page that is no longer fresh, after a render failed. */
    STALE_IF_ERROR,
    /** A render, after the store had nothing. */
    MISS,
    /** A render, after the store had only a page that is no longer fresh. */
    EXPIRED,
    /** A render, because the request would not have the stored page. */
    REQUEST,
    /** A render; the store was not asked or could not answer. */
    BYPASS
  }

  static Outcome hit(PageKey key, Page page) {
    return new Outcome(
        Source.HIT, Variant.Kind.of(key), Optional.of(page), false, Optional.empty());
  }

  static Outcome collapsed(PageKey key, Page page) {
    return new Outcome(
        Source.COLLAPSED, Variant.Kind.of(key), Optional.of(page), false, Optional.empty());
  }

  static Outcome stale(PageKey key, Page page) {
    return new Outcome(
        Source.STALE, Variant.Kind.of(key), Optional.of(page), false, Optional.empty());
  }

  static Outcome staleIfError(PageKey key, Page page, Reason reason) {
    return new Outcome(
        Source.STALE_IF_ERROR, Variant.Kind.of(key), Optional.of(page), false, Optional.of(reason));
  }

  static Outcome stored(Source source, PageKey key, Page page) {
    return new Outcome(source, Variant.Kind.of(key), Optional.of(page), true, Optional.empty());
  }

  /**
   * An answer that neither came from the cache nor was stored.
   *
   * @param source where it came from
   * @param who what whoever is asking has in common with others
   * @param page the page, if it could have been stored
   * @param reason why it was not
   * @return the outcome
   */
  static Outcome passed(Source source, Variant.Kind who, Optional<Page> page, Reason reason) {
    return new Outcome(source, who, page, false, Optional.of(reason));
  }

  /**
   * The member for {@code Cache-Status} (RFC 9211): {@code lms; hit; ttl=87; detail=anon}, {@code
   * lms; fwd=miss; stored; detail=auth}, {@code lms; fwd=bypass; detail=user/post}. {@code
   * fwd=stale} is a render that took the place of a page no longer fresh; a {@code hit} whose
   * {@code ttl} is negative is such a page. It names no part of the key.
   *
   * @param now the time, for {@code ttl}
   * @return the member
   */
  String cacheStatus(Instant now) {
    String how =
        switch (source) {
          case HIT, STALE -> "hit; ttl=" + secondsLeft(now);
          case COLLAPSED -> "fwd=miss; collapsed";
          case STALE_IF_ERROR -> "fwd=stale";
          case EXPIRED -> stored ? "fwd=stale; stored" : "fwd=stale";
          case REQUEST -> stored ? "fwd=request; stored" : "fwd=request";
          case MISS -> stored ? "fwd=miss; stored" : "fwd=miss";
          case BYPASS -> "fwd=bypass";
        };
    return "lms; " + how + "; detail=" + detail();
  }

  /** The same for observers. */
  Verdict verdict() {
    String result =
        switch (source) {
          case HIT -> "hit";
          case STALE, STALE_IF_ERROR -> "stale";
          case COLLAPSED -> "collapsed";
          case MISS, EXPIRED, REQUEST -> "miss";
          case BYPASS -> "bypass";
        };
    return verdict(result);
  }

  /** The same under another name. */
  Verdict verdict(String result) {
    return new Verdict(result, who.token(), stored, reason.map(Reason::token));
  }

  private String detail() {
    String kind = who.token();
    return reason.isPresent() ? kind + "/" + reason.get().token() : kind;
  }

  private long secondsLeft(Instant now) {
    return page.isPresent() ? Duration.between(now, page.get().freshUntil()).toSeconds() : 0;
  }
}
