// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A store that keeps sessions in the memory of one process. */
@NullMarked
package dev.lms.session.memory;

import org.jspecify.annotations.NullMarked;
