// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Breaks every guarantee on purpose and demands that its tests notice. */
@NullMarked
package dev.lms.demo.mutants;

import org.jspecify.annotations.NullMarked;
