// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.engine.Breaker;
import dev.lms.pagecache.page.Answer;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.ReusePolicy;
import dev.lms.pagecache.store.Page;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStoreException;
import dev.lms.pagecache.store.Stamp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The second step of a request, and the last of a render: what the store has, and what it is given.
 * Nobody waits for a store that does not answer.
 */
final class Lookups {
  /** Nothing is stored under it. */
  private static final PageKey NOTHING = PageKey.builder("", "").of(Variant.UNKNOWN.text());

  private final PageStore store;
  private final InstantSource clock;
  private final Breaker breaker;
  private volatile long sharedBytes;

  Lookups(PageStore store, InstantSource clock, LongSupplier nanos, Executor prober) {
    this.store = store;
    this.clock = clock;
    this.breaker = new Breaker(() -> store.lookup(NOTHING, Stamp.NONE), prober, nanos);
  }

  /**
   * What the store has for a request.
   *
   * @param primary the key without secondary part
   * @param key the key the page would be found under, as far as it is known
   * @param page a stored page, fresh or not
   * @param reuse what may be done with it
   * @param stamp for a render; absent where a fresh page was found
   * @param list the list of fields that pages vary by, if there is one
   */
  record Found(
      PageKey primary,
      PageKey key,
      Optional<Page> list,
      Optional<Page> page,
      ReusePolicy.Reuse reuse,
      Optional<Stamp> stamp) {}

  /** Empty during an outage. */
  Optional<Found> find(PageKey primary, PresentedRequest request) {
    PageKey key = primary;
    Optional<Page> list = Optional.empty();
    Optional<PageStore.Lookup> found = lookup(key, request);
    if (found.isPresent() && found.get() instanceof PageStore.Hit hit) {
      List<String> varying = hit.page().unwrap(Answer.class).varyingFields();
      if (!varying.isEmpty()) {
        list = Optional.of(hit.page());
        key = Keys.selecting(primary, varying, request.fields());
        found = lookup(key, request);
      }
    }
    return found.isPresent()
        ? Optional.of(found(primary, key, list, found.get(), request))
        : Optional.empty();
  }

  private Found found(
      PageKey primary,
      PageKey key,
      Optional<Page> list,
      PageStore.Lookup lookup,
      PresentedRequest request) {
    Optional<Page> page =
        lookup instanceof PageStore.Hit hit
            ? Optional.of(hit.page())
            : ((PageStore.Miss) lookup).stale();
    Optional<Stamp> stamp =
        lookup instanceof PageStore.Miss miss ? Optional.of(miss.stamp()) : Optional.empty();
    ReusePolicy.Reuse reuse =
        page.isPresent() ? request.judge(page.get(), clock.instant()) : ReusePolicy.Reuse.VALIDATE;
    return new Found(primary, key, list, page, reuse, stamp);
  }

  /** Empty during an outage; nobody waits for a store that did not answer. */
  private Optional<PageStore.Lookup> lookup(PageKey key, PresentedRequest request) {
    Breaker.Spell asked = breaker.enter();
    if (asked == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(store.lookup(key, request.seen()));
    } catch (PageStoreException e) {
      breaker.failed(asked, e);
      return Optional.empty();
    }
  }

  /** Whether a purge of one of these tags is known here that came after a stamp. */
  boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return store.isKnownToBePurged(stamp, tags);
  }

  static Outcome passed(Found found, Optional<Page> page, Reason reason) {
    return Outcome.passed(sourceOf(found), Variant.Kind.of(found.primary()), page, reason);
  }

  private static Outcome.Source sourceOf(Found found) {
    if (found.stamp().isEmpty()) {
      return Outcome.Source.REQUEST;
    }
    return found.page().isPresent() ? Outcome.Source.EXPIRED : Outcome.Source.MISS;
  }

  Outcome store(Found found, PageKey own, PageKey key, Page page, PresentedRequest request) {
    if (found.stamp().isEmpty()) {
      return passed(found, Optional.of(page), Reason.REQUEST);
    }
    Breaker.Spell asked = breaker.enter();
    if (asked == null) {
      return passed(found, Optional.of(page), Reason.STORE);
    }
    Stamp stamp = found.stamp().get();
    try {
      if (!key.equals(own)) {
        store.store(own, listOfVaryingFields(found, own, page, request), stamp);
      }
      return switch (store.store(key, page, stamp)) {
        case KEPT -> Outcome.stored(sourceOf(found), key, page);
        case PURGED -> passed(found, Optional.of(page), Reason.PURGED);
        case ASKED_ONCE -> passed(found, Optional.of(page), Reason.ASKED_ONCE);
        case FULL -> passed(found, Optional.of(page), Reason.FULL);
      };
    } catch (PageStoreException e) {
      breaker.failed(asked, e);
      return passed(found, Optional.of(page), Reason.STORE);
    }
  }

  /** It lasts as long as the page that lasts longest, of those it was known for so far. */
  private static Page listOfVaryingFields(
      Found found, PageKey own, Page page, PresentedRequest request) {
    Duration lasts = Duration.between(page.renderedAt(), page.keptUntil());
    Duration longest =
        found
            .list()
            .map(list -> Duration.between(page.renderedAt(), list.keptUntil()))
            .filter(known -> known.compareTo(lasts) > 0)
            .orElse(lasts);
    return Page.of(
        Answer.varyingBy(request.selectingFields(page)),
        own,
        page.tags(),
        page.renderedAt(),
        longest,
        Duration.ZERO);
  }

  /** What is known last, while the store cannot be reached. */
  long sharedBytes() {
    Breaker.Spell asked = breaker.enter();
    if (asked != null) {
      try {
        sharedBytes = store.sharedBytes();
      } catch (PageStoreException e) {
        breaker.failed(asked, e);
      }
    }
    return sharedBytes;
  }
}
