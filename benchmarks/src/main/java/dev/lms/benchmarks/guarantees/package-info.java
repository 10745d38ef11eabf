// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What stores and caches hold when requests meet: the same scenarios for this project's and for
 * what people use instead, each set up as its own documentation says.
 */
@NullMarked
package dev.lms.benchmarks.guarantees;

import org.jspecify.annotations.NullMarked;
