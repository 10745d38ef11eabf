// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What says who somebody was, for an outage. */
package dev.lms.session.passport;
