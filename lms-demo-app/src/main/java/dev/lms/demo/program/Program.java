// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.program;

/**
 * A program: courses to take in an order.
 *
 * @param code part of its address
 * @param description plain text; blank lines part its paragraphs
 * @param courses how many it has
 * @param credits what they are worth together
 */
public record Program(String code, String title, String description, int courses, int credits) {}
