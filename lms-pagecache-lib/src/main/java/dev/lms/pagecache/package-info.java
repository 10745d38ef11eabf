/** Keys, variants, policy and the in-process page store. */
package dev.lms.pagecache;
