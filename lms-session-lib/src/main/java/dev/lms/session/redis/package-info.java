/** Sessions in Redis, through Jedis. */
package dev.lms.session.redis;
