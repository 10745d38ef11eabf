// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** HTTP on the JDK's server: routes, requests and answers, errors, admission, draining. */
@NullMarked
package dev.lms.demo.http;

import org.jspecify.annotations.NullMarked;
