// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The interface of a store of pages, {@link dev.lms.pagecache.store.PageStore}, and the values that
 * it takes and returns, for authors of stores. {@link dev.lms.pagecache.store.PageCodec} turns
 * pages into bytes.
 */
@NullMarked
package dev.lms.pagecache.store;

import org.jspecify.annotations.NullMarked;
