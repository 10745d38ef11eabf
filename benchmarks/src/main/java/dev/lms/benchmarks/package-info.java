// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The stores beside each other and beside the raw limit of what they stand on, with JMH. */
@NullMarked
package dev.lms.benchmarks;

import org.jspecify.annotations.NullMarked;
