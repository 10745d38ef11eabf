// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What a page consists of: its body and holes, its tags, the spelling of its path. */
package dev.lms.pagecache.page;
