// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What adapters to HTTP servers have in common: what is sent instead of a handler's answer. */
package dev.lms.session.answer;
