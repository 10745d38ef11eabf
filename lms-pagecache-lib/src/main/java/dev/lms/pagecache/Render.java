package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import java.time.Instant;
import java.util.Set;

/**
 * What happened while a page was rendered: all that {@link StoragePolicy} judges by.
 *
 * @param rule what the route declares
 * @param asker who asked
 * @param variant who would share the page
 * @param status the status code
 * @param fields the header fields of the handler's answer
 * @param tags all tags, of the route and of the handler
 * @param complete whether the handler ended normally and wrote as many bytes as it announced
 * @param withinCap whether the body was no longer than the cap
 * @param readPersonal whether the handler read or wrote something about the person
 * @param readUnkeyed whether the handler read a part of the request that is not in the key
 * @param sameAsker whether the same person was asking when the render ended
 * @param received the request's fields, and when the answer was asked for and came
 */
public record Render(
    PageRule rule,
    Asker asker,
    Variant variant,
    int status,
    Fields fields,
    Set<String> tags,
    boolean complete,
    boolean withinCap,
    boolean readPersonal,
    boolean readUnkeyed,
    boolean sameAsker,
    Received received) {

  Render(
      PageRule rule,
      Asker asker,
      Variant variant,
      int status,
      Fields fields,
      Set<String> tags,
      boolean complete,
      boolean withinCap,
      boolean readPersonal,
      boolean readUnkeyed,
      boolean sameAsker) {
    this(
        rule,
        asker,
        variant,
        status,
        fields,
        tags,
        complete,
        withinCap,
        readPersonal,
        readUnkeyed,
        sameAsker,
        new Received(Fields.NONE, Instant.EPOCH, Instant.EPOCH));
  }
}
