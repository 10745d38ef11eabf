// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions for any Java SE program, independent of HTTP servers.
 *
 * <p>A program creates {@link dev.lms.session.Sessions} over a {@link dev.lms.session.SessionStore}
 * and opens a {@link dev.lms.session.Session} for each request. {@link dev.lms.session.SessionKey}
 * declares a typed attribute, {@link dev.lms.session.Principal} names a person who is signed in,
 * and {@link dev.lms.session.SessionSettings} holds cookie, lifetimes and limits.
 *
 * <p>Each store has a package of its own: {@code dev.lms.session.file}, {@code
 * dev.lms.session.redis}, {@code dev.lms.session.cookie} and {@code dev.lms.session.memory}. What
 * helps to write another one is in {@code dev.lms.session.store}; the filter for the JDK's
 * HttpServer is in {@code dev.lms.session.httpserver}.
 */
@NullMarked
package dev.lms.session;

import org.jspecify.annotations.NullMarked;
