// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Moves sessions from one store to another while a site serves from both. */
@NullMarked
package dev.lms.session.migration;

import org.jspecify.annotations.NullMarked;
