// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The site as people see it: in a real browser. */
@NullMarked
package dev.lms.demo.browser;

import org.jspecify.annotations.NullMarked;
