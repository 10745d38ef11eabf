// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The reference learning site. */
@NullMarked
package dev.lms.demo;

import org.jspecify.annotations.NullMarked;
