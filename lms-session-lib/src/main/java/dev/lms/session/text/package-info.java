// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Text at the edges: {@code Cookie} lines as clients write them, and what UTF-8 can store. */
package dev.lms.session.text;
