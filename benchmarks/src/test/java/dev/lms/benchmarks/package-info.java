// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Every contender does what it is timed for, and the jar runs as one command. */
@NullMarked
package dev.lms.benchmarks;

import org.jspecify.annotations.NullMarked;
