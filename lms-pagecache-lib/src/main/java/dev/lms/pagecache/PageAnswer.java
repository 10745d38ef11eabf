package dev.lms.pagecache;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;

/**
 * Where an answer goes: what an adapter does with what the cache answers. Header fields may be
 * there already, of filters in front of the cache; they stay unless the cache replaces them. Used
 * by one thread at a time.
 */
public interface PageAnswer {
  /** The length of a body that there is none of. */
  long NO_BODY = -1;

  /** The length of a body that is not known yet. */
  long UNKNOWN_LENGTH = 0;

  /**
   * The names of the header fields so far.
   *
   * @return the names in any case, to be read only
   */
  Set<String> names();

  /**
   * The lines of a header field so far. Asked at every hit, mostly for fields that are not there.
   *
   * @param name its name, in any case
   * @return the lines in order; empty if there is none
   */
  List<String> lines(String name);

  /**
   * Sets a header field of one line.
   *
   * @param name its name
   * @param line takes the place of all its lines
   */
  void set(String name, String line);

  /**
   * Sets a header field.
   *
   * @param name its name
   * @param lines take the place of all its lines; to be copied
   */
  void replace(String name, List<String> lines);

  /**
   * Adds a line to a header field.
   *
   * @param name its name
   * @param line comes after those that are there
   */
  void add(String name, String line);

  /**
   * Removes a header field.
   *
   * @param name its name
   */
  void remove(String name);

  /**
   * Sends status and header fields.
   *
   * @param status the status code
   * @param length bytes of the body, {@link #NO_BODY} or {@link #UNKNOWN_LENGTH}
   * @return where the body goes, which ends the answer when it is closed
   * @throws IOException if the client is gone
   */
  OutputStream begin(int status, long length) throws IOException;

  /** Ends an answer, also one that has no body or was never begun. */
  void end();

  /** Sees to it that what was sent so far is not taken for the whole by whoever ends it. */
  void cutOff();
}
