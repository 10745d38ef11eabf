// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What every session store must do. Authors of stores extend {@link
 * dev.lms.session.contract.SessionStoreContract}; it needs nothing that this library does not
 * export.
 */
@NullMarked
package dev.lms.session.contract;

import org.jspecify.annotations.NullMarked;
