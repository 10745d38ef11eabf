// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A store that keeps sessions in Redis through Jedis, and safe connections to Redis. */
@NullMarked
package dev.lms.session.redis;

import org.jspecify.annotations.NullMarked;
