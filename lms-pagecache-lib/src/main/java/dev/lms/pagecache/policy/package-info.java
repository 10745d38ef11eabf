// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The decisions of a cache as functions of facts: may a request be answered from it, may an answer
 * be stored, for whom and how long, may a stored page answer.
 */
package dev.lms.pagecache.policy;
