// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.store;

import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a person's sessions into pages, the latest sign-in first, and reads no more sessions than a
 * page shows. For authors of stores with a {@link PrincipalIndex}. Thread-safe.
 */
public final class SessionPages {
  private static final Pattern CURSOR = Pattern.compile("(-?\\d{1,18}) ([0-9a-f]{1,64})");

  private static final Comparator<Place> LATEST_FIRST =
      Comparator.comparing(Place::signedIn).thenComparing(Place::handle).reversed();

  private SessionPages() {}

  /**
   * The position of a session among those of its person.
   *
   * @param signedIn when the person signed in
   * @param handle the session's handle
   */
  public record Place(Instant signedIn, String handle) {
    private String cursor() {
      return signedIn.toEpochMilli() + " " + handle;
    }
  }

  /**
   * Reads sessions from a store.
   *
   * @param <E> what it throws
   */
  public interface Reader<E extends Exception> {
    /**
     * Reads sessions by their handles.
     *
     * @param handles the handles
     * @return the sessions that exist and are live, in the order of their handles' list
     * @throws E if the store cannot be read
     */
    List<SessionInfo> read(List<String> handles) throws E;
  }

  /**
   * Reads one page, as {@link PrincipalIndex#page} returns it.
   *
   * @param places all sessions that the index names, in any order, live or not
   * @param from the previous page's {@linkplain PrincipalIndex.Page#next next}; empty for the first
   *     page
   * @param most how many sessions a page holds; at least 1
   * @param reader reads the sessions of the page
   * @param <E> what the reader throws
   * @return the page
   * @throws IllegalArgumentException if {@code from} came from no page, or {@code most} is less
   *     than 1
   * @throws E if the reader does
   */
  public static <E extends Exception> PrincipalIndex.Page cut(
      Collection<Place> places, Optional<String> from, int most, Reader<E> reader) throws E {
    if (most < 1) {
      throw new IllegalArgumentException("a page needs at least 1 session, not " + most);
    }
    Optional<Place> last = from.map(SessionPages::place);
    List<Place> rest =
        places.stream()
            .filter(place -> last.isEmpty() || LATEST_FIRST.compare(place, last.get()) > 0)
            .sorted(LATEST_FIRST)
            .toList();
    List<SessionInfo> found = new ArrayList<>();
    int at = 0;
    while (found.size() < most && at < rest.size()) {
      int to = Math.min(rest.size(), at + most - found.size());
      found.addAll(reader.read(rest.subList(at, to).stream().map(Place::handle).toList()));
      at = to;
    }
    return new PrincipalIndex.Page(
        found, at < rest.size() ? Optional.of(rest.get(at - 1).cursor()) : Optional.empty());
  }

  private static Place place(String cursor) {
    Matcher parts = CURSOR.matcher(cursor);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not where a page begins: '" + cursor + "'");
    }
    return new Place(Instant.ofEpochMilli(Long.parseLong(parts.group(1))), parts.group(2));
  }
}
