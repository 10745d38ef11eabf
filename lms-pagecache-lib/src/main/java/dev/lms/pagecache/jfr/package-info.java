// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Pages in recordings of the JDK's Flight Recorder. */
@NullMarked
package dev.lms.pagecache.jfr;

import org.jspecify.annotations.NullMarked;
