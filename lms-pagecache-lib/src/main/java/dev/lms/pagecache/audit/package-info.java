// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Where two renders of one page differ, and what was read on the way to them. */
package dev.lms.pagecache.audit;
