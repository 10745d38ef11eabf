// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Attributes as JSON: what may be kept so, and how it is read. */
package dev.lms.session.json;
