// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A store that keeps sessions in files, for one or several processes of one machine. */
@NullMarked
package dev.lms.session.file;

import org.jspecify.annotations.NullMarked;
