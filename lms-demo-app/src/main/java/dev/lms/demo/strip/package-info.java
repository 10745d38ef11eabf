// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What development shows at the end of every page: where it came from, and why. */
@NullMarked
package dev.lms.demo.strip;

import org.jspecify.annotations.NullMarked;
