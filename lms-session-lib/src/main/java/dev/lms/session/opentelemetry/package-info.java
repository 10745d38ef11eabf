// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Sessions in OpenTelemetry's spans and metrics. */
@NullMarked
package dev.lms.session.opentelemetry;

import org.jspecify.annotations.NullMarked;
