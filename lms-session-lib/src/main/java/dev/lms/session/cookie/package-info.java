// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A store that seals each session into its cookie, and the list of those that were signed out. */
@NullMarked
package dev.lms.session.cookie;

import org.jspecify.annotations.NullMarked;
