// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The contenders over HTTP answer alike, and what wrk says is understood. */
@NullMarked
package dev.lms.benchmarks.http;

import org.jspecify.annotations.NullMarked;
