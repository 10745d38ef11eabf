// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A filter that puts a page cache before the servlets of a Jakarta Servlet container. */
@NullMarked
package dev.lms.pagecache.servlet;

import org.jspecify.annotations.NullMarked;
