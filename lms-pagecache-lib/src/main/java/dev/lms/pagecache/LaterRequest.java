package dev.lms.pagecache;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A request after its answer was sent, for a render that nobody waits for: a GET of a stranger,
 * without cookie and credentials unless the key holds them.
 */
final class LaterRequest implements PageRequest {
  /** What tells one person from another. */
  private static final Set<String> PERSONAL = Set.of("cookie", "authorization");

  private final URI target;
  private final Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  /**
   * To be made while the request's own thread still has it.
   *
   * @param keyed lower-case names of the header fields in the key, which stay whatever they are
   */
  LaterRequest(PageRequest sent, Set<String> keyed) {
    this.target = sent.target();
    sent.fields()
        .forEach(
            (name, lines) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!PERSONAL.contains(lower) || keyed.contains(lower)) {
                fields.put(name, List.copyOf(lines));
              }
            });
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public URI target() {
    return target;
  }

  @Override
  public List<String> lines(String name) {
    return fields.getOrDefault(name, List.of());
  }

  @Override
  public Map<String, List<String>> fields() {
    return fields;
  }

  @Override
  public boolean isOver() {
    return true;
  }
}
