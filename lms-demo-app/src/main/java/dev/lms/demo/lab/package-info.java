// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Experiments that show what goes wrong on sites with several workers, and what cures it. Exists in
 * development only; the naive pieces, which are wrong on purpose, stand nowhere else.
 */
@NullMarked
package dev.lms.demo.lab;

import org.jspecify.annotations.NullMarked;
