// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Properties of code that takes apart what comes from outside, and those who look for inputs that
 * break them.
 */
@NullMarked
package dev.lms.pagecache.fuzz;

import org.jspecify.annotations.NullMarked;
