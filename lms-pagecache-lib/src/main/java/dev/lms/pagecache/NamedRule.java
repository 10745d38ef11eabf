package dev.lms.pagecache;

import java.util.Optional;

/**
 * What the route of a request declares, and its name.
 *
 * @param route a name for statistics and explanations out of a bounded set, such as the pattern of
 *     the route; never the path a visitor sent
 * @param rule empty for pages that are never cached
 */
public record NamedRule(String route, Optional<PageRule> rule) {
  /** Whether the answers of the route decide about storing. */
  boolean followsRfc9111() {
    return rule.isPresent() && rule.get().profile() == PageRule.Profile.RFC9111;
  }
}
