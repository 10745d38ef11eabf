// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What developers and checks look at; exists only with LMS_DEBUG_ENDPOINTS=1. */
@NullMarked
package dev.lms.demo.debug;

import org.jspecify.annotations.NullMarked;
