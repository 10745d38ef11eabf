// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A store in a Redis that several nodes share, with near copies and purges that reach them all. */
@NullMarked
package dev.lms.pagecache.redis;

import org.jspecify.annotations.NullMarked;
