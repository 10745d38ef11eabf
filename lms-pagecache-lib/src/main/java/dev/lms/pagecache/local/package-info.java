// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A store in the memory of one process, and purges that all processes of a machine share. */
@NullMarked
package dev.lms.pagecache.local;

import org.jspecify.annotations.NullMarked;
