// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What one request costs where there is much: sessions, tags, pages, nodes. */
@NullMarked
package dev.lms.benchmarks.growth;

import org.jspecify.annotations.NullMarked;
