// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP itself, as far as caching needs it: header fields, Cache-Control and its targeted relatives,
 * dates, conditions, ranges and codings (RFC 9110, 9111, 9213). Knows nothing of pages or stores.
 */
package dev.lms.pagecache.http;
