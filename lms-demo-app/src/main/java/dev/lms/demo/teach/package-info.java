// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What instructors do: beginning, editing, publishing and archiving courses and their lessons. */
@NullMarked
package dev.lms.demo.teach;

import org.jspecify.annotations.NullMarked;
