// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** The configuration, read once from the environment; nothing else reads it. */
@NullMarked
package dev.lms.demo.config;

import org.jspecify.annotations.NullMarked;
