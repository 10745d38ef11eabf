// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.course;

import java.util.List;
import java.util.Optional;

/** What an instructor changes of a course; what is absent stays as it is. */
public record Edit(
    Optional<String> title,
    Optional<String> description,
    Optional<List<String>> tags,
    Optional<Integer> credits,
    Optional<Level> level) {}
