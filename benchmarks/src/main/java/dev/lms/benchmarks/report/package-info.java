// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What a run found out, as a file for programs, a page for people, and charts. */
@NullMarked
package dev.lms.benchmarks.report;

import org.jspecify.annotations.NullMarked;
