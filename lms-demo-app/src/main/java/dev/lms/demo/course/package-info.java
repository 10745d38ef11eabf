// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Courses, their resources and who is enrolled. */
@NullMarked
package dev.lms.demo.course;

import org.jspecify.annotations.NullMarked;
