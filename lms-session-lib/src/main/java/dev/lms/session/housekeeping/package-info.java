// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What stores do when nobody waits for it. */
package dev.lms.session.housekeeping;
