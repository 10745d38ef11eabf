// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import com.sun.net.httpserver.HttpExchange;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * All that a page which many people share may know about who is asking. A handler that asks the
 * session for more makes the page that person's own.
 *
 * @param shared for whom the page is, whoever asks for it
 * @param own who is asking, for a page that is shown to nobody else; may throw in an outage
 * @param hole what stands in the page for the part with this name until it is filled for a person:
 *     a marker, or at once what fills it; printed without escaping
 */
public record Visitors(
    Function<HttpExchange, Visitor> shared,
    Function<HttpExchange, Visitor> own,
    BiFunction<HttpExchange, String, String> hole) {}
