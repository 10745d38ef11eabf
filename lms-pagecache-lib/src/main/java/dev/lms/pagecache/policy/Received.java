// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

import dev.lms.pagecache.http.Fields;
import java.time.Instant;

/**
 * How an answer came about, as far as it is judged by that where the answer decides.
 *
 * @param request the header fields of the request
 * @param askedAt when its render started
 * @param cameAt when the handler had answered
 */
public record Received(Fields request, Instant askedAt, Instant cameAt) {}
