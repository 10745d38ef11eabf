// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.policy;

/**
 * A step of a decision and its answer, for explanations.
 *
 * @param reason what the step looks for
 * @param objects whether it found it; the first step that objects decides
 */
public record Answered(Reason reason, boolean objects) {}
