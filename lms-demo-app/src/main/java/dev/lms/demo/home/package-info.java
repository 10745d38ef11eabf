// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The front page. */
@NullMarked
package dev.lms.demo.home;

import org.jspecify.annotations.NullMarked;
