/** A store that keeps sessions in Redis through Jedis, and safe connections to Redis. */
package dev.lms.session.redis;
