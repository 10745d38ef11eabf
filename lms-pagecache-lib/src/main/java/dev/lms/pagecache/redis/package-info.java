/** Pages in a Redis that several nodes share, with purges that reach them all. */
package dev.lms.pagecache.redis;
