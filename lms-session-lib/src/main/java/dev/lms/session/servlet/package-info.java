// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A filter that gives each request of a Jakarta Servlet container its session. */
@NullMarked
package dev.lms.session.servlet;

import org.jspecify.annotations.NullMarked;
