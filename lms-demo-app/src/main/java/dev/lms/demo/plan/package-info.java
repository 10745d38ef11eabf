// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What this machine carries: workers, requests in flight, heap, pools. */
@NullMarked
package dev.lms.demo.plan;

import org.jspecify.annotations.NullMarked;
