// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What operators ask: is it alive, is it ready. */
@NullMarked
package dev.lms.demo.ops;

import org.jspecify.annotations.NullMarked;
