// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/** A filter that gives each request of a Jakarta Servlet container its session. */
package dev.lms.session.servlet;
