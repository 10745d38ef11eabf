// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.policy.Answered;
import dev.lms.pagecache.policy.Reason;
import dev.lms.pagecache.policy.Verdict;
import dev.lms.pagecache.store.PageKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How the cache decided about one request, for people who ask why. Immutable. */
public final class Explanation {
  /**
   * A step of a decision. The first step that objects decides.
   *
   * @param reason what the step looks for: a token of {@code Cache-Status} and of the statistics
   * @param meaning what the step looks for, for people: a clause without a full stop
   * @param objects whether the step found it
   */
  public record Step(String reason, String meaning, boolean objects) {}

  /**
   * A part of the key that a page is stored under.
   *
   * @param name its kind: {@code host}, {@code path}, {@code query}, {@code parameter}, {@code
   *     header} (a name), {@code line} (a value of the preceding header), {@code variant} or {@code
   *     name} (what distinguishes a variant from others of its kind)
   * @param value its text in the key
   */
  public record Part(String name, String value) {}

  private final String route;
  private final Optional<Asker> asker;
  private final Variant variant;
  private final List<Part> key;
  private final List<Step> request;
  private final List<Step> render;
  private final Set<String> tags;
  private final Optional<Duration> stored;
  private final Optional<Step> refusal;

  private Explanation(
      String route,
      Optional<Asker> asker,
      Variant variant,
      List<Part> key,
      List<Answered> request,
      List<Answered> render,
      Set<String> tags,
      Verdict verdict) {
    this.route = route;
    this.asker = asker;
    this.variant = variant;
    this.key = key;
    this.request = request.stream().map(Explanation::step).toList();
    this.render = render.stream().map(Explanation::step).toList();
    this.tags = Set.copyOf(tags);
    this.stored =
        verdict instanceof Verdict.Store store ? Optional.of(store.ttl()) : Optional.empty();
    this.refusal =
        verdict instanceof Verdict.Pass pass
            ? Optional.of(step(new Answered(pass.reason(), true)))
            : Optional.empty();
  }

  /**
   * Why a request went past the cache.
   *
   * @param request what was asked of the request
   * @param reason what decided
   */
  static Explanation bypass(
      String route, Optional<Asker> asker, List<Answered> request, Reason reason) {
    return new Explanation(
        route,
        asker,
        asker.map(Variant::user).orElse(Variant.UNKNOWN),
        List.of(),
        request,
        List.of(),
        Set.of(),
        new Verdict.Pass(reason));
  }

  /**
   * What was decided about a render.
   *
   * @param key what the page is stored under, or would be
   * @param request what was asked of the request
   * @param render what was asked of the rendered page
   * @param tags the tags of its route and handler
   */
  static Explanation render(
      Optional<Asker> asker,
      PageKey key,
      List<Answered> request,
      List<Answered> render,
      Set<String> tags,
      Verdict verdict) {
    List<Part> parts =
        key.parts().stream().map(part -> new Part(part.name(), part.value())).toList();
    return new Explanation(
        key.route(), asker, Variant.of(key), parts, request, render, tags, verdict);
  }

  private static Step step(Answered answered) {
    Reason reason = answered.reason();
    return new Step(reason.token(), reason.meaning(), answered.objects());
  }

  /**
   * {@return the meaning of a reason, as a clause without a full stop; empty if there is no such
   * reason}
   *
   * @param reason a token of {@code Cache-Status} or of the statistics
   */
  public static Optional<String> meaningOf(String reason) {
    return Arrays.stream(Reason.values())
        .filter(known -> known.token().equals(reason))
        .map(Reason::meaning)
        .findFirst();
  }

  /** {@return the name of the route; empty if it has none} */
  public String route() {
    return route;
  }

  /** {@return who asked; empty if that could not be found out} */
  public Optional<Asker> asker() {
    return asker;
  }

  /** {@return the variant that the page is stored for, or would be} */
  public Variant variant() {
    return variant;
  }

  /**
   * {@return the parts of the key that the page is stored under, or would be, in order; empty if
   * the request bypassed the cache}
   */
  public List<Part> key() {
    return key;
  }

  /** {@return the steps of the decision about the request, in order} */
  public List<Step> request() {
    return request;
  }

  /**
   * {@return the steps of the decision about the rendered page, in order; empty if the request
   * bypassed the cache}
   */
  public List<Step> render() {
    return render;
  }

  /** {@return the page's tags, of its route and of its handler} */
  public Set<String> tags() {
    return tags;
  }

  /** {@return how long the stored page is fresh; empty if it is not stored} */
  public Optional<Duration> stored() {
    return stored;
  }

  /** {@return the step that decided against storing; empty if the page is stored} */
  public Optional<Step> refusal() {
    return refusal;
  }
}
