// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Accounts, passwords, signing in and out. */
@NullMarked
package dev.lms.demo.account;

import org.jspecify.annotations.NullMarked;
