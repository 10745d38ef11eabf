// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Pages over HTTP: the page cache beside plain handlers, Varnish and a Python stack, with wrk. */
@NullMarked
package dev.lms.benchmarks.http;

import org.jspecify.annotations.NullMarked;
