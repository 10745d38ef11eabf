// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Scenarios tell what holds from what does not. */
@NullMarked
package dev.lms.benchmarks.guarantees;

import org.jspecify.annotations.NullMarked;
