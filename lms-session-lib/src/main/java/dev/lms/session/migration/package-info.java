// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Moves sessions from one store to another while a site serves from both. */
package dev.lms.session.migration;
