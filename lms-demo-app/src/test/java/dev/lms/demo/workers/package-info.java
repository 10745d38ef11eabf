// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What must hold between worker processes: mostly the shipped jar, started at least twice. */
@NullMarked
package dev.lms.demo.workers;

import org.jspecify.annotations.NullMarked;
