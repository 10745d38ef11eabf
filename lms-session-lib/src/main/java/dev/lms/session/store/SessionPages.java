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
 * Cuts a person's sessions into pages, the latest sign-in first, and reads no more of them than a
 * page shows. For authors of stores with a {@link PrincipalIndex}.
 */
public final class SessionPages {
  private static final Pattern CURSOR = Pattern.compile("(-?\\d{1,18}) ([0-9a-f]{1,64})");

  private static final Comparator<Place> LATEST_FIRST =
      Comparator.comparing(Place::signedIn).thenComparing(Place::handle).reversed();

  private SessionPages() {}

  /**
   * Where a session stands among those of its person.
   *
   * @param signedIn when the person signed in
   * @param handle its name
   */
  public record Place(Instant signedIn, String handle) {
    private String cursor() {
      return signedIn.toEpochMilli() + " " + handle;
    }
  }

  /** Reads sessions. */
  public interface Reader<E extends Exception> {
    /** Those of these handles that are there and live, in this order. */
    List<SessionInfo> read(List<String> handles) throws E;
  }

  /**
   * What {@link PrincipalIndex#page} answers.
   *
   * @param places all sessions that the index names, in any order, live or not
   * @throws IllegalArgumentException if {@code from} is no page's, or {@code most} is less than 1
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
