// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.passport;

import java.time.Instant;
import java.util.Set;

/**
 * Who somebody was when the store was last asked.
 *
 * @param handle of the session it belongs to
 * @param id the person whose session that was
 * @param roles what they could do
 * @param end when it is worth nothing any more
 */
public record Passport(String handle, String id, Set<String> roles, Instant end) {}
