// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.strip;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.RequestTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts a strip at the end of every HTML page that says where it came from. It stands outside all
 * that makes and keeps pages: the strip is in no stored page, and in no {@code ETag}, which becomes
 * weak, since the bytes differ each time. For development: it holds whole pages and compresses what
 * is secret together with what is not.
 */
public final class StripFilter extends Filter {
  private final Predicate<HttpExchange> isPage;
  private final String store;
  private final String stylesheet;
  private final BiFunction<String, String, Optional<String>> leaks;
  private final Function<Object, String> template;
  private final RememberedRenders renders = new RememberedRenders();

  /** The last one: whoever asks for a page over and over gets the same within a second. */
  private volatile Written last = new Written(null, "");

  private record Written(@Nullable Strip strip, String html) {}

  /**
   * A filter.
   *
   * @param isPage whether people look at what is asked for
   * @param store the name of the session store
   * @param stylesheet the address of the strip's style sheet
   * @param leaks what the page of a path and a variant says about one person, if that was found out
   * @param template writes the strip from its model
   */
  public StripFilter(
      Predicate<HttpExchange> isPage,
      String store,
      String stylesheet,
      BiFunction<String, String, Optional<String>> leaks,
      Function<Object, String> template) {
    this.isPage = isPage;
    this.store = store;
    this.stylesheet = stylesheet;
    this.leaks = leaks;
    this.template = template;
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    if (!isPage.test(exchange)) {
      chain.doFilter(exchange);
      return;
    }
    long began = System.nanoTime();
    Trace trace = new Trace();
    HeldPage held =
        new HeldPage(
            exchange, () -> strip(exchange, trace, Duration.ofNanos(System.nanoTime() - began)));
    trace.during(() -> chain.doFilter(held));
  }

  private byte[] strip(HttpExchange exchange, Trace trace, Duration took) {
    String status = exchange.getResponseHeaders().getFirst("Cache-Status");
    Fate fate = Fate.of(status == null ? "" : status);
    RequestTarget target = RequestTarget.of(exchange);
    String address = target.path() + (target.query().isEmpty() ? "" : "?" + target.query());
    String page = fate.variant() + " " + address;
    RememberedRenders.Render own = new RememberedRenders.Render(took, trace.explanation());
    if (trace.explanation().isPresent()) {
      renders.remember(page, own);
    }
    RememberedRenders.Render render =
        fate.isFromCache()
            ? renders
                .of(page)
                .orElse(new RememberedRenders.Render(Duration.ZERO, own.explanation()))
            : own;
    Strip strip =
        Strip.of(
            exchange,
            fate,
            trace,
            took,
            render,
            leaks.apply(target.path(), fate.variant()),
            store,
            address,
            stylesheet);
    Written known = last;
    if (!strip.equals(known.strip())) {
      known = new Written(strip, template.apply(strip));
      last = known;
    }
    return known.html().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String description() {
    return "development strip";
  }
}
