// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What an operator would check by hand before asking anybody else, checked by a program. */
@NullMarked
package dev.lms.demo.doctor;

import org.jspecify.annotations.NullMarked;
