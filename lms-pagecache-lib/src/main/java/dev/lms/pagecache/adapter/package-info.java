// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What a program needs to put the page cache before a server that has no adapter here: one call for
 * each request, and nothing of the server's own.
 */
@NullMarked
package dev.lms.pagecache.adapter;

import org.jspecify.annotations.NullMarked;
