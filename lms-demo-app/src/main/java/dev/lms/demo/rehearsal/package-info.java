// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What a site does once for the JVM to remember: it is visited, by itself. */
@NullMarked
package dev.lms.demo.rehearsal;

import org.jspecify.annotations.NullMarked;
