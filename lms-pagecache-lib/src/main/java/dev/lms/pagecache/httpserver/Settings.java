package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.pagecache.Asker;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Receipt;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** What a filter was built with. */
record Settings(
    PageCache cache,
    Function<HttpExchange, Asker> who,
    Optional<ToLongFunction<HttpExchange>> personalReads,
    Map<String, HoleFiller> fillers,
    boolean multiHost,
    Function<HttpExchange, Optional<String>> receipts,
    SecureRandom random,
    DoubleSupplier jitter,
    Optional<Consumer<Explanation>> explanations) {

  private static final System.Logger LOG = System.getLogger(PageCacheFilter.class.getName());

  /** A lifetime, shorter by a random part if the route declares so. */
  Duration spread(Duration ttl, PageRule rule) {
    return rule.jitter() == 0
        ? ttl
        : ttl.minusMillis((long) (ttl.toMillis() * rule.jitter() * jitter.getAsDouble()));
  }

  /** The receipt a request shows. What is none is as good as none. */
  Optional<Receipt> receiptOf(HttpExchange exchange) {
    return receipts.apply(exchange).flatMap(Receipt::parse);
  }

  /** Who is asking; empty if that cannot be found out. */
  Optional<Asker> ask(HttpExchange exchange) {
    try {
      return Optional.of(who.apply(exchange));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "Who is asking could not be found out", e);
      return Optional.empty();
    }
  }
}
