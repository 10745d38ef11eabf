/** What a page consists of: its body and holes, its tags, the spelling of its path. */
package dev.lms.pagecache.page;
