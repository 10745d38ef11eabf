// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What the steps of a request lean on besides stored pages: a store that may be out, what is known
 * of pages that are not stored, and work that nobody waits for.
 */
package dev.lms.pagecache.engine;
