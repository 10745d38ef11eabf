// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Tests of what a program uses. */
@NullMarked
package dev.lms.session;

import org.jspecify.annotations.NullMarked;
