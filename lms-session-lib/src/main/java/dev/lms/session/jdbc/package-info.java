// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A store that keeps sessions in a relational database, through any {@code DataSource}. */
@NullMarked
package dev.lms.session.jdbc;

import org.jspecify.annotations.NullMarked;
