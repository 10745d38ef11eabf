// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Taking courses: enrolling, reading lessons, and how far one has come. */
@NullMarked
package dev.lms.demo.learn;

import org.jspecify.annotations.NullMarked;
