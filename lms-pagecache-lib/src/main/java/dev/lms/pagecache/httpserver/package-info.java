// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The page cache as a {@link com.sun.net.httpserver.Filter} of the JDK's HttpServer. Put it after
 * the filter of the session, so that a cookie is added after a page was stored, and before the
 * handlers.
 */
@NullMarked
package dev.lms.pagecache.httpserver;

import org.jspecify.annotations.NullMarked;
