// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The commands of lmsctl. */
@NullMarked
package dev.lms.demo.cli;

import org.jspecify.annotations.NullMarked;
