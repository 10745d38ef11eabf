// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

/**
 * One of those that are measured by turns.
 *
 * @param ours whether it is this project's
 * @param warmUps how often it is asked in a round that does not count; 0 for what gets no quicker
 *     while it runs
 * @param server whose processor time counts
 */
record Entrant(String name, boolean ours, int warmUps, Target target, Background server) {}
