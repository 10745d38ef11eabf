// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** Cryptography that several packages of this library share. */
package dev.lms.session.crypto;
