// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Tools for authors of session stores: signed ids, sessions as text and bytes, keyed names of
 * people, pages of sessions. Programs that use a store need none of them.
 */
@NullMarked
package dev.lms.session.store;

import org.jspecify.annotations.NullMarked;
