// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Pages in Micrometer's meters. */
@NullMarked
package dev.lms.pagecache.micrometer;

import org.jspecify.annotations.NullMarked;
