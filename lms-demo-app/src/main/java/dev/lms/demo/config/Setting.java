// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

/**
 * One effective setting, fit to be shown.
 *
 * @param name the variable's own name, never an alias
 * @param value what holds; secrets, and passwords inside URLs, are masked
 * @param origin the variable it came from, or {@code default}
 */
public record Setting(String name, String value, String origin) {}
