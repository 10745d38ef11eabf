// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Tests of sessions in memory. */
package dev.lms.session.memory;
