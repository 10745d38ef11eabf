// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The database file and what a new one is filled with. */
@NullMarked
package dev.lms.demo.data;

import org.jspecify.annotations.NullMarked;
