// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What is written is what was measured, and can be read again. */
@NullMarked
package dev.lms.benchmarks.report;

import org.jspecify.annotations.NullMarked;
