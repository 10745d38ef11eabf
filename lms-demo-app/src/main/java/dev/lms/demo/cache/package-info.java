// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The page cache as operators see it: what it is warmed with, what it counts, why it decides. */
@NullMarked
package dev.lms.demo.cache;

import org.jspecify.annotations.NullMarked;
