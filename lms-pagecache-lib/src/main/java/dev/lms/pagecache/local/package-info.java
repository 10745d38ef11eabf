/** Pages in the memory of one process, and purges that processes of one machine share. */
package dev.lms.pagecache.local;
