package dev.lms.pagecache;

import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Fields;
import java.util.Locale;
import java.util.Set;

/**
 * What a handler answered, whole.
 *
 * @param status the status code
 * @param fields the header fields of the handler
 * @param body the body
 */
public record Answer(int status, Fields fields, Body body) {
  private static final Set<String> COMPRESSIBLE =
      Set.of("application/json", "application/javascript", "application/xml", "image/svg+xml");

  /** Below this, gzip's own 20 bytes and the work outweigh what it saves. */
  private static final int WORTH_COMPRESSING = 200;

  /**
   * The same answer with gzip ready, if its type is one that shrinks.
   *
   * @return an answer whose body has {@link Coding#GZIP}, or this one
   */
  public Answer compressed() {
    return isCompressible(fields, body.weight())
        ? new Answer(status, fields, body.compressed())
        : this;
  }

  /**
   * Whether gzip makes an answer smaller, going by its fields and length.
   *
   * @param fields the header fields of the handler
   * @param length of the body in bytes, by and large
   * @return true for text of some length that is not encoded yet
   */
  public static boolean isCompressible(Fields fields, long length) {
    String type =
        fields
            .first("Content-Type")
            .map(value -> value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
            .orElse("");
    return (type.startsWith("text/")
            || type.endsWith("+json")
            || type.endsWith("+xml")
            || COMPRESSIBLE.contains(type))
        && !fields.has("Content-Encoding")
        && !fields.cacheControl().says(Directive.NO_TRANSFORM)
        && length >= WORTH_COMPRESSING;
  }
}
