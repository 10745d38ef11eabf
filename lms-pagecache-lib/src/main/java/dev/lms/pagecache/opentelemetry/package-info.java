// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Pages in OpenTelemetry's spans and metrics. */
@NullMarked
package dev.lms.pagecache.opentelemetry;

import org.jspecify.annotations.NullMarked;
