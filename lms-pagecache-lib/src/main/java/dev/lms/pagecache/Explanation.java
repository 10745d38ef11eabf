package dev.lms.pagecache;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a cache came to its decision about one request, for people who ask why.
 *
 * @param route the name of the route; empty if none
 * @param asker who asked; empty if that could not be found out
 * @param request what was asked of the request, in order
 * @param key what the page is stored under; empty if the request went past the cache
 * @param render what was asked of the rendered page, in order; empty if the request went past
 * @param tags all tags of the page
 * @param verdict what was decided
 */
public record Explanation(
    String route,
    Optional<Asker> asker,
    List<StoragePolicy.Answered> request,
    Optional<PageKey> key,
    List<StoragePolicy.Answered> render,
    Set<String> tags,
    Verdict verdict) {
  /** Copies the collections. */
  public Explanation {
    request = List.copyOf(request);
    render = List.copyOf(render);
    tags = Set.copyOf(tags);
  }

  /**
   * Why a request went past the cache.
   *
   * @param route the name of the route
   * @param asker who asked, if that is known
   * @param request what was asked of the request
   * @param reason what decided
   * @return the explanation
   */
  public static Explanation bypass(
      String route, Optional<Asker> asker, List<StoragePolicy.Answered> request, Reason reason) {
    return new Explanation(
        route, asker, request, Optional.empty(), List.of(), Set.of(), new Verdict.Pass(reason));
  }
}
