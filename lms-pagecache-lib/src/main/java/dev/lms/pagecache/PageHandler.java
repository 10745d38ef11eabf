package dev.lms.pagecache;

import java.io.IOException;

/**
 * What stands behind the cache: the handler of a request, as its adapter runs it.
 *
 * @param <E> what the server calls a request on its way, such as its exchange
 */
public interface PageHandler<E> {
  /**
   * Runs the handler. May be called twice for one request, and once more after it was answered,
   * then in another thread.
   *
   * @param render what the handler sees and where it answers
   * @throws IOException from the handler
   */
  void handle(PageRender render) throws IOException;

  /**
   * The exchange with another request in place of its own, for functions that are asked about it.
   * Nothing can be answered through it.
   *
   * @param request what it shows
   * @return an exchange with the attributes of this one
   */
  E showing(PageRequest request);
}
