/**
 * A page cache that knows who is asking.
 *
 * <p>A request becomes a {@link dev.lms.pagecache.store.PageKey}: what its route declares ({@link
 * dev.lms.pagecache.PageRule}), and the {@link dev.lms.pagecache.Variant} of who is asking. The
 * {@link dev.lms.pagecache.PageCache} looks into its {@link dev.lms.pagecache.store.PageStore}. A
 * hit goes out. A miss comes with a {@link dev.lms.pagecache.store.Stamp}, the page is rendered
 * once for all who wait, {@link dev.lms.pagecache.policy.StoragePolicy} decides whether it may be
 * stored, for whom and how long, and the store refuses it if one of its tags was purged after the
 * stamp. Every lookup checks again: a page is used only if none of its tags was purged after the
 * stamp its render started with.
 *
 * <p>What differs between people on a shared page is in holes, which are filled at every hit.
 */
package dev.lms.pagecache;
