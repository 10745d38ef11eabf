// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Several worker processes under one supervisor. */
@NullMarked
package dev.lms.demo.supervise;

import org.jspecify.annotations.NullMarked;
