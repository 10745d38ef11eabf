// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import dev.lms.pagecache.http.Fields;
import java.util.Set;

/**
 * A page that was rendered: all that storing it is judged by.
 *
 * @param terms what the route declares
 * @param status the status code
 * @param fields the header fields of the handler's answer
 * @param tags how many it has, of the route and of the handler
 * @param facts what happened meanwhile
 * @param received the request's fields, and when the answer was asked for and came
 */
public record Rendered(
    Terms terms, int status, Fields fields, int tags, Set<Fact> facts, Received received) {
  boolean is(Fact fact) {
    return facts.contains(fact);
  }
}
