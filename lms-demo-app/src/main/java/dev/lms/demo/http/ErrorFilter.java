// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The outermost filter: whatever is thrown inside, an {@link Error} included, becomes an answer
 * without a stack trace, or, when an answer was already under way, a logged close that the client
 * can tell from a complete one. A handler that forgets to answer is answered for. Nothing hangs.
 */
public final class ErrorFilter extends Filter {
  private static final System.Logger LOG = System.getLogger(ErrorFilter.class.getName());

  private final Function<Throwable, Optional<HttpProblem>> known;
  private final ProblemPage problemPage;

  /** A filter with this knowledge of failures that answers with a plain page. */
  public ErrorFilter(Function<Throwable, Optional<HttpProblem>> known) {
    this(known, Answer::plainPage);
  }

  /**
   * A filter with this knowledge of failures.
   *
   * @param known says which problem a failure is to the client, for failures with a better answer
   *     than 500; an outage, for example, is a 503
   * @param problemPage writes the page that tells a person of a problem
   */
  public ErrorFilter(Function<Throwable, Optional<HttpProblem>> known, ProblemPage problemPage) {
    this.known = known;
    this.problemPage = problemPage;
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    try {
      chain.doFilter(exchange);
      if (exchange.getResponseCode() == -1) {
        throw new IllegalStateException("the handler did not answer");
      }
      exchange.close();
    } catch (Throwable failure) {
      answer(exchange, failure);
    }
  }

  private void answer(HttpExchange exchange, Throwable failure) throws IOException {
    if (failure instanceof NothingToAnswerException gone) {
      LOG.log(
          Level.DEBUG,
          "{0} {1}: {2}",
          exchange.getRequestMethod(),
          RequestTarget.of(exchange).path(),
          gone.getMessage());
      throw gone;
    }
    HttpProblem problem = SentForm.keptIn(problem(exchange, failure), exchange);
    Headers headers = exchange.getResponseHeaders();
    // In an outage the cookies are those that the filter of the sessions has put there.
    Set<String> kept =
        known.apply(failure).isPresent()
            ? Set.of("Connection", "Set-cookie")
            : Set.of("Connection");
    headers.keySet().removeIf(name -> !kept.contains(name));
    SecurityHeaders.addTo(headers);
    try {
      Answer.send(exchange, problem, problemPage);
      exchange.close();
    } catch (IOException cannotAnswer) {
      // Headers are out or the client is gone. Closing the exchange would complete a chunked body,
      // and a cut page would look whole; an IOException makes the server cut the connection.
      throw new IOException("answer cut short: " + failure, cannotAnswer);
    }
  }

  private HttpProblem problem(HttpExchange exchange, Throwable failure) {
    if (failure instanceof HttpProblem problem) {
      return problem;
    }
    String request = exchange.getRequestMethod() + " " + RequestTarget.of(exchange).path();
    Optional<HttpProblem> mapped = known.apply(failure);
    if (mapped.isPresent()) {
      LOG.log(Level.WARNING, "{0}: {1}", request, failure);
      return mapped.get();
    }
    if (failure instanceof IOException && exchange.getResponseCode() != -1) {
      LOG.log(Level.DEBUG, "{0}: the client went away: {1}", request, failure);
    } else {
      LOG.log(Level.ERROR, request + " failed", failure);
    }
    return new HttpProblem(
            500, "Something went wrong", "The error is on our side and has been logged.")
        .worthRepeating();
  }

  @Override
  public String description() {
    return "errors become answers";
  }
}
