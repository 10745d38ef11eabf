// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

/**
 * What copies of sessions have saved and cost a store.
 *
 * @param hits how often a session was read from a copy, without a round trip
 * @param fills how many copies were begun
 * @param waits how often a write had to wait until others had dropped their copies
 * @param bytes about how much memory the copies take now
 */
public record NearReads(long hits, long fills, long waits, long bytes) {}
