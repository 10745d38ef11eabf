/**
 * The page cache as a {@link com.sun.net.httpserver.Filter} of the JDK's HttpServer. It stands
 * inside the filter of the session, so that a cookie is added after a page was stored, and outside
 * the handlers.
 */
package dev.lms.pagecache.httpserver;
