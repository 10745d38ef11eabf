/**
 * A page cache that knows who is asking.
 *
 * <p>A program declares what its routes' pages depend on ({@link dev.lms.pagecache.PageRule}) and
 * who may share them ({@link dev.lms.pagecache.Audience}), and gives its {@link
 * dev.lms.pagecache.PageCache} a store. The adapter of its server, such as {@link
 * dev.lms.pagecache.httpserver.PageCacheFilter}, serves requests through a {@link
 * dev.lms.pagecache.PageService}.
 *
 * <p>A request runs through the engine once: a question, which becomes a key that holds the variant
 * of who is asking; a lookup; on a miss a flight, one render for all who wait; the render, whose
 * answer is judged; and the answer. A miss comes with a stamp, and the store refuses a page if one
 * of its tags was purged after the stamp of its render. Every lookup checks again: a page is used
 * only if none of its tags was purged after the stamp its render started with.
 *
 * <p>What differs between people on a shared page is in holes, which are filled at every hit.
 *
 * <p>An adapter for another server shows the cache a {@link dev.lms.pagecache.PageRequest} and a
 * {@link dev.lms.pagecache.PageAnswer}, and runs what stands behind it on a {@link
 * dev.lms.pagecache.PageRender}. Conditions, codings, parts, HEAD, stale pages and invalidation are
 * the engine's business.
 */
package dev.lms.pagecache;
