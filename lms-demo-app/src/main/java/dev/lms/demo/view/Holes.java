package dev.lms.demo.view;

import dev.lms.session.Session;
import java.util.Map;

/** What fills the holes of shared pages, for one person at a time. */
public final class Holes {
  private final Map<String, Filler> fillers;

  /** Fillers by the name of the hole, without its argument. */
  public Holes(Map<String, Filler> fillers) {
    this.fillers = Map.copyOf(fillers);
  }

  /** Fills holes of one name. */
  @FunctionalInterface
  public interface Filler {
    /**
     * Writes HTML, with everything people wrote escaped.
     *
     * @param argument what follows the colon in the name of the hole; empty if nothing does
     */
    String fill(Session session, String argument);
  }

  /**
   * The HTML for a hole.
   *
   * @param hole a name, or a name, a colon and an argument
   * @throws IllegalArgumentException if no filler has that name
   */
  public String fill(Session session, String hole) {
    int colon = hole.indexOf(':');
    String name = colon < 0 ? hole : hole.substring(0, colon);
    Filler filler = fillers.get(name);
    if (filler == null) {
      throw new IllegalArgumentException("nothing fills the hole '" + name + "'");
    }
    return filler.fill(session, colon < 0 ? "" : hole.substring(colon + 1));
  }
}
