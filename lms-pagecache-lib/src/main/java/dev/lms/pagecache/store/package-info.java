/**
 * For authors of stores: {@link dev.lms.pagecache.store.PageStore} and what it is given and gives
 * back. {@link dev.lms.pagecache.store.PageCodec} turns pages into bytes.
 */
package dev.lms.pagecache.store;
