// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** What those implement who watch sessions without taking part. */
@NullMarked
package dev.lms.session.observation;

import org.jspecify.annotations.NullMarked;
