package dev.lms.pagecache.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What an answer depends on: the names in its {@code Vary}, each once, in order. */
public final class Vary {
  private final List<String> names = new ArrayList<>(4);

  /** Nothing yet. */
  public Vary() {}

  /** Adds a name. */
  public void add(String name) {
    int at = Collections.binarySearch(names, name, String.CASE_INSENSITIVE_ORDER);
    if (at < 0) {
      names.add(-at - 1, name);
    }
  }

  /** Adds names. */
  public void addAll(Collection<String> more) {
    more.forEach(this::add);
  }

  /** Adds the members of such fields, if there are any. */
  public void addLines(List<String> lines) {
    if (!lines.isEmpty()) {
      addAll(new Fields(Map.of("Vary", lines)).members("Vary"));
    }
  }

  /** Whether it depends on nothing. */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** The value of the field. */
  public String line() {
    return String.join(", ", names);
  }
}
