// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Exchanges of the JDK's server that pass everything on to another, so that the adapter has to say
 * only what is different. They decide nothing.
 */
package dev.lms.pagecache.httpserver.exchange;
