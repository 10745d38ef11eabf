// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The Redis processes that tests start: one, under Sentinels or as a Cluster, and what stands in
 * their way.
 */
@NullMarked
package dev.lms.session.redis.server;

import org.jspecify.annotations.NullMarked;
