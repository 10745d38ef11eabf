// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Copies of what a process has read from Redis, and the rules by which it may use them. */
package dev.lms.session.redis.near;
