// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** How the site is put together: stores, filters, and the features that stand in them. */
@NullMarked
package dev.lms.demo.wiring;

import org.jspecify.annotations.NullMarked;
