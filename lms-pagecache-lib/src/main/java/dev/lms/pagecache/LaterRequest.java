// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.io.IOException;
import java.io.OutputStream;
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

  /** Where the answer to it goes: nobody waits for it. */
  static final class Nowhere implements PageAnswer {
    @Override
    public List<String> lines(String name) {
      return List.of();
    }

    @Override
    public Set<String> names() {
      return Set.of();
    }

    @Override
    public void set(String name, String line) {}

    @Override
    public void replace(String name, List<String> lines) {}

    @Override
    public void add(String name, String line) {}

    @Override
    public void remove(String name) {}

    /** Only called for what is not held back until it is whole. */
    @Override
    public OutputStream begin(int status, long length) throws IOException {
      throw new IOException("This answer cannot be stored, and in the background nobody gets it");
    }

    @Override
    public void end() {
      // The request's own answer was ended when it was sent.
    }

    @Override
    public void cutOff() {}
  }
}
