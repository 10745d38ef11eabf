// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * May this request be answered from the cache: the whole decision. The steps are asked in order;
 * the first that objects decides.
 */
public final class RequestPolicy {
  private static final Set<String> READS = Set.of("GET", "HEAD");

  /** What a request may carry besides its target. */
  public enum Load {
    /** A body. */
    BODY,
    /** An {@code Authorization} field. */
    AUTHORIZATION
  }

  /**
   * A request, as far as it decides whether the cache is asked at all.
   *
   * @param method its method
   * @param target its target as it stood in the request
   * @param carries what it carries
   * @param terms what its route declares, if it is ever cached
   */
  public record Asked(String method, URI target, Set<Load> carries, Optional<Terms> terms) {}

  private static final List<Step<Asked>> STEPS =
      List.of(
          new Step<>(Reason.POST, asked -> asked.method().equals("POST")),
          new Step<>(Reason.METHOD, asked -> !READS.contains(asked.method())),
          new Step<>(Reason.NEVER, asked -> asked.terms().isEmpty()),
          new Step<>(Reason.TARGET, asked -> !isPathAndQuery(asked.target())),
          new Step<>(Reason.BODY, asked -> asked.carries().contains(Load.BODY)),
          new Step<>(Reason.AUTHORIZATION, RequestPolicy::isAuthorized));

  private RequestPolicy() {}

  /**
   * Judges whether a request may be answered from the cache.
   *
   * @param asked what is known of the request
   * @return why not, or empty
   */
  public static Optional<Reason> objection(Asked asked) {
    return Step.first(STEPS, asked);
  }

  /**
   * {@return every step that judges a request with its answer, in order}
   *
   * @param asked what is known of the request
   */
  public static List<Answered> explain(Asked asked) {
    return Step.all(STEPS, asked);
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

  private static boolean isAuthorized(Asked asked) {
    return asked.carries().contains(Load.AUTHORIZATION)
        && asked
            .terms()
            .filter(terms -> terms.followRfc9111() || terms.publicDespiteAuthorization())
            .isEmpty();
  }
}
