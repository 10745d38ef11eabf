// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A filter that gives each exchange of the JDK's HttpServer its session. */
@NullMarked
package dev.lms.session.httpserver;

import org.jspecify.annotations.NullMarked;
