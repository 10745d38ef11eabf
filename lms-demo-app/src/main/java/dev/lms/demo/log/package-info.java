// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What is told about the site's work on standard output, line by line. */
@NullMarked
package dev.lms.demo.log;

import org.jspecify.annotations.NullMarked;
