// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

/**
 * One of those that are measured by turns.
 *
 * @param ours whether it is this project's
 * @param warmsUp whether it gets quicker while it runs, as a JVM does
 * @param server whose processor time counts
 */
record Entrant(String name, boolean ours, boolean warmsUp, Target target, Background server) {}
