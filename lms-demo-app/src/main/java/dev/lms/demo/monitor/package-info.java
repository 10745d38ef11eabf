// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What parts of the site say of themselves: whether they work, and what they count. */
@NullMarked
package dev.lms.demo.monitor;

import org.jspecify.annotations.NullMarked;
