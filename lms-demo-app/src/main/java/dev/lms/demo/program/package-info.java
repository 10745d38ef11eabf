// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Programs: courses in an order. */
@NullMarked
package dev.lms.demo.program;

import org.jspecify.annotations.NullMarked;
