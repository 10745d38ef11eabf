package dev.lms.demo.view;

import com.sun.net.httpserver.HttpExchange;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * All that a page which many people share may know about who is asking. A handler that asks the
 * session for more makes the page that person's own.
 *
 * @param signedIn whether the page is for people who are signed in
 * @param hole what stands in the page for the part with this name until it is filled for a person:
 *     a marker, or at once what fills it; printed without escaping
 */
public record Visitors(
    Predicate<HttpExchange> signedIn, BiFunction<HttpExchange, String, String> hole) {}
