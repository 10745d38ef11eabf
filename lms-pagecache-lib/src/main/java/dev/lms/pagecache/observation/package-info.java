// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What those implement who watch the cache without taking part. */
@NullMarked
package dev.lms.pagecache.observation;

import org.jspecify.annotations.NullMarked;
