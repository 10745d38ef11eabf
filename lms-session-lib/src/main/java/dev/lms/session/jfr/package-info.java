// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Sessions in recordings of the JDK's Flight Recorder. */
@NullMarked
package dev.lms.session.jfr;

import org.jspecify.annotations.NullMarked;
