// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.http.Fields;
import dev.lms.pagecache.policy.RequestPolicy;
import dev.lms.pagecache.policy.RequestPolicy.Load;
import dev.lms.pagecache.store.PageKey;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The first step of a request: what is asked, by whom, and what its route declares. */
final class Inquiry<E> {
  /** RFC 9110 sections 13.1 and 14.2. */
  private static final List<String> OF_LESS_THAN_ALL =
      List.of("Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since");

  /** What the program declares about its requests. */
  interface Declared<E> {
    PageCache cache();

    SecureRandom random();

    /** Whether the {@code Host} is part of every key. */
    boolean isMultiHost();

    Map<String, HoleFiller<E>> fillers();

    Optional<Consumer<Explanation>> explanations();

    /** What is declared about the pages at an address. */
    Optional<PageRule> ruleOf(E exchange);

    /** Whether anybody counts what handlers read about people. */
    boolean countsPersonalReads();

    long personalReads(E exchange);

    /** A lifetime, shorter by a random part if the route declares so. */
    Duration spread(Duration ttl, PageRule rule);

    /** The receipt a request shows. What is none is as good as none. */
    Optional<Receipt> receiptOf(E exchange);

    /** Who is asking; empty if that cannot be found out. */
    Optional<Asker> ask(E exchange);
  }

  private final Declared<E> declared;
  private final E exchange;
  private final PageRequest request;
  private final NamedRule named;
  private final Optional<Asker> asker;
  private @Nullable Fields fields;

  /**
   * @param named what the route of the request declares, and its name
   * @param asker who is asking; empty if that could not be found out
   */
  Inquiry(
      Declared<E> declared,
      E exchange,
      PageRequest request,
      NamedRule named,
      Optional<Asker> asker) {
    this.declared = declared;
    this.exchange = exchange;
    this.request = request;
    this.named = named;
    this.asker = asker;
  }

  /** An inquiry of another request in its place, by the same person as far as the cache goes. */
  Inquiry<E> instead(E exchange, PageRequest request) {
    return new Inquiry<>(declared, exchange, request, named, asker);
  }

  Declared<E> declared() {
    return declared;
  }

  E exchange() {
    return exchange;
  }

  PageRequest request() {
    return request;
  }

  NamedRule named() {
    return named;
  }

  PageRule rule() {
    return named.rule().orElseThrow();
  }

  Optional<Asker> asker() {
    return asker;
  }

  /** Whether it is certain that a stranger is asking. */
  boolean isOfAStranger() {
    return asker.isPresent() && asker.get().isAnonymous();
  }

  /** As far as it decides whether the cache is asked at all. */
  RequestPolicy.Asked asked() {
    boolean authorization = !request.lines("Authorization").isEmpty();
    Set<Load> carries = authorization ? EnumSet.of(Load.AUTHORIZATION) : Set.of();
    if (hasBody()) {
      carries = authorization ? EnumSet.allOf(Load.class) : EnumSet.of(Load.BODY);
    }
    return new RequestPolicy.Asked(
        request.method(), request.target(), carries, named.rule().map(PageRule::terms));
  }

  private boolean hasBody() {
    List<String> length = request.lines("Content-Length");
    return !request.lines("Transfer-Encoding").isEmpty()
        || (!length.isEmpty() && !length.get(0).equals("0"));
  }

  /** Who would share the page. */
  Variant variant() {
    return rule().audience().variantOf(asker.orElseThrow());
  }

  PageKey key(Variant variant) {
    URI target = request.target();
    return Keys.of(
        hostCounts() ? host() : "",
        target.getRawPath(),
        target.getRawQuery(),
        named,
        rule().headers().isEmpty() ? Fields.NONE : new Fields(request.fields()),
        variant);
  }

  /** Where the answer decides, the whole URI does: nobody declared what it leaves out. */
  private boolean hostCounts() {
    return declared.isMultiHost() || named.followsRfc9111();
  }

  /** All lines, in case there are several: a handler may go by any of them. */
  private String host() {
    return String.join("\n", request.lines("Host")).toLowerCase(Locale.ROOT);
  }

  /** Lower-case names of the header fields in the key. */
  Set<String> keyedHeaders() {
    Set<String> names = new HashSet<>(rule().headers());
    if (hostCounts()) {
      names.add(KeyedRequest.HOST);
    }
    return names;
  }

  PresentedRequest presented() {
    return new PresentedRequest(rule(), fields(), declared.receiptOf(exchange));
  }

  /** Only copied where they are looked at, and once. */
  Fields fields() {
    Fields known = fields;
    if (known == null) {
      known = named.followsRfc9111() ? new Fields(request.fields()) : Fields.NONE;
      fields = known;
    }
    return known;
  }

  /** Whether the request has fields that a handler does not see where its answer may be stored. */
  boolean wantsLessThanAll() {
    for (String field : OF_LESS_THAN_ALL) {
      if (!request.lines(field).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  void requireFiller(String hole) {
    Map<String, HoleFiller<E>> fillers = declared.fillers();
    if (!fillers.containsKey(hole)) {
      throw new IllegalArgumentException(
          "No filler for the hole \"" + hole + "\"; there are " + new TreeSet<>(fillers.keySet()));
    }
  }

  /** The value of each hole; a hole that comes twice is asked for once. */
  Map<String, byte[]> fill(List<String> holes) throws IOException {
    if (holes.isEmpty()) {
      return Map.of();
    }
    Map<String, byte[]> filled = new HashMap<>(4);
    for (String name : holes) {
      if (!filled.containsKey(name)) {
        HoleFiller<E> filler = declared.fillers().get(name);
        if (filler == null) {
          throw new IllegalStateException(
              "A stored page has the hole \"" + name + "\", for which there is no filler here");
        }
        filled.put(name, filler.fill(exchange).getBytes(StandardCharsets.UTF_8));
      }
    }
    return filled;
  }

  /** Whether the same person is asking as in the beginning. */
  boolean isStillOfTheSameAsker() {
    return declared.ask(exchange).equals(asker);
  }
}
