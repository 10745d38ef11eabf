/** Where two renders of one page differ, and what was read on the way to them. */
package dev.lms.pagecache.audit;
