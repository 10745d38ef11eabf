// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A page cache that knows who asks for a page.
 *
 * <p>A program declares what its routes' pages depend on ({@link dev.lms.pagecache.PageRule}) and
 * who may share them ({@link dev.lms.pagecache.Audience}), and gives its {@link
 * dev.lms.pagecache.PageCache} a store. The adapter of its server, such as {@link
 * dev.lms.pagecache.httpserver.PageCacheFilter}, serves requests through a {@link
 * dev.lms.pagecache.PageService}.
 *
 * <p>The cache turns a request into a key that holds the asker's variant, looks the key up, and
 * renders a missing page once for all who wait for it. A miss comes with a stamp, and the store
 * refuses a page if one of its tags was purged after the stamp of its render. Every lookup checks
 * again: a page is used only if none of its tags was purged after that stamp.
 *
 * <p>Holes hold what differs between people on a shared page; they are filled at every hit.
 *
 * <p>An adapter for another server shows the cache a {@link dev.lms.pagecache.PageRequest} and a
 * {@link dev.lms.pagecache.PageAnswer}, and runs the handler with a {@link
 * dev.lms.pagecache.PageRender}. The cache itself handles conditions, codings, ranges, HEAD, stale
 * pages and invalidation.
 */
@NullMarked
package dev.lms.pagecache;

import org.jspecify.annotations.NullMarked;
