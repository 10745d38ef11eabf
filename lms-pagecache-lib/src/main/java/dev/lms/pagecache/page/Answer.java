// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.page;

import dev.lms.pagecache.http.Coding;
import dev.lms.pagecache.http.Directive;
import dev.lms.pagecache.http.Fields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  /** In the place of an answer that there is none of, as the handler failed. */
  public static final Answer NONE = new Answer(500, Fields.NONE, Body.EMPTY);

  /** Below this, gzip's own 20 bytes and the work outweigh what it saves. */
  private static final int WORTH_COMPRESSING = 200;

  /** No status: what it is the status of is no answer. */
  private static final int VARYING = 0;

  /** Fields of a 304 that say nothing about the stored body. */
  private static final Set<String> OF_THE_BODY =
      Set.of("content-length", "content-encoding", "content-range");

  /**
   * What stands in the place of answers that vary (RFC 9111 section 4.1): the fields they vary by.
   *
   * @param names the fields
   * @return no answer, but {@link #varyingFields}
   */
  public static Answer varyingBy(List<String> names) {
    return new Answer(VARYING, new Fields(Map.of("Vary", names)), Body.EMPTY);
  }

  /**
   * {@return whether answers of a status have no body, whatever length is announced (RFC 9110
   * section 6.4.1)}
   *
   * @param status the status code
   */
  public static boolean neverHasBody(int status) {
    return (status >= 100 && status < 200) || status == 204 || status == 304;
  }

  /**
   * {@return the fields that the answers vary by in whose place this stands; empty for an answer}
   */
  public List<String> varyingFields() {
    return status == VARYING ? fields.lines("Vary") : List.of();
  }

  /**
   * The answer after its handler said that it is still valid (RFC 9111 sections 3.2 and 4.3.4): the
   * same body, with the fields of the 304 in place of the older ones.
   *
   * @param notModified the fields of the 304, without those that are the business of one connection
   * @return what would be stored had the handler answered with the body again
   */
  public Answer refreshed(Fields notModified) {
    return new Answer(status, fields.replacedBy(notModified, OF_THE_BODY), body);
  }

  /**
   * This answer with gzip ready, if its type is one that shrinks.
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
