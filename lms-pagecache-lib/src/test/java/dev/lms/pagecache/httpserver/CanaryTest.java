// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static dev.lms.pagecache.httpserver.PageCacheFilter.hole;
import static dev.lms.pagecache.httpserver.Site.html;
import static dev.lms.pagecache.httpserver.Site.status;
import static dev.lms.pagecache.httpserver.Site.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lms.pagecache.Audience;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.Variant;
import dev.lms.pagecache.contract.Parallel;
import dev.lms.pagecache.redis.RedisPageStore;
import dev.lms.pagecache.redis.RedisProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/**
 * P2: generated people, roles and routes, asked for in random order by several at once. What a
 * person may see of themselves is a canary; no canary may sit on anybody else's page.
 */
class CanaryTest {
  private static final int THREADS = 4;
  private static final int REQUESTS_EACH = 400;
  private static final Pattern CANARY = Pattern.compile("\\[(\\w+):([^\\]]*)\\]");
  private static final List<String> ROLES = List.of("student", "teacher", "editor", "admin");

  /** The name of a stranger is empty. */
  private record Person(String name, List<String> roles) {
    String[] headers() {
      return name.isEmpty()
          ? new String[] {"X-Nobody", "1"}
          : new String[] {"X-User", name, "X-Roles", String.join(",", roles)};
    }

    /** What the cache says of its own accord must be this person's own. */
    boolean owns(String kind, String value) {
      return switch (kind) {
        case "user" -> value.equals(name) && !name.isEmpty();
        case "roles" -> Set.of(value.split(",", -1)).equals(Set.copyOf(roles));
        case "group" -> value.equals(group(name));
        default -> false;
      };
    }
  }

  private static String group(String name) {
    return name.isEmpty() ? "none" : name.substring(0, 1);
  }

  private final long seed = new Random().nextLong();
  private final AtomicInteger canaries = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();

  @Test
  void nobodySeesAnothersCanaryFromMemory() throws Exception {
    try (Site site = new Site()) {
      askInRandomOrder(site);
    }
  }

  @Test
  void nobodySeesAnothersCanaryFromRedis(@TempDir Path folder) throws Exception {
    try (RedisProcess redis = new RedisProcess(folder);
        RedisClient client = redis.client();
        Site site =
            new Site(
                null, clock -> new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, clock))) {
      askInRandomOrder(site);
    }
  }

  private void askInRandomOrder(Site site) throws Exception {
    Random random = new Random(seed);
    List<Person> people = people(random);
    List<String> routes = routes(site, random);
    Queue<Random> randoms = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < THREADS; i++) {
      randoms.add(new Random(random.nextLong()));
    }
    Parallel.run(
        THREADS,
        () -> {
          Random own = randoms.remove();
          for (int i = 0; i < REQUESTS_EACH; i++) {
            String route = pick(own, routes);
            switch (own.nextInt(60)) {
              case 0 -> site.cache.purge("canaries");
              case 1 -> site.cache.purgePath(route);
              case 2 -> site.clock.advance(Duration.ofSeconds(20));
              default -> ask(site, route, pick(own, people));
            }
          }
          return true;
        });
    assertTrue(canaries.get() > REQUESTS_EACH / 4, canaries + " canaries seen, seed " + seed);
    assertTrue(hits.get() > REQUESTS_EACH / 4, hits + " hits, seed " + seed);
  }

  private void ask(Site site, String route, Person person) throws Exception {
    HttpResponse<byte[]> answer = site.get(route, person.headers());
    String body = text(answer);
    Matcher canary = CANARY.matcher(body);
    while (canary.find()) {
      canaries.incrementAndGet();
      assertTrue(
          person.owns(canary.group(1), canary.group(2)),
          () ->
              "seed %d: %s got %s on %s, %s"
                  .formatted(seed, person, canary.group(), route, status(answer)));
    }
    for (String cookie : answer.headers().allValues("Set-Cookie")) {
      assertEquals("of=" + person.name(), cookie, "seed " + seed);
    }
    if (status(answer).contains("hit")) {
      hits.incrementAndGet();
    }
  }

  /** Names that are prefixes of one another, and look like what stands in keys. */
  private static List<Person> people(Random random) {
    List<Person> people = new ArrayList<>();
    people.add(new Person("", List.of()));
    for (String name : List.of("a", "aa", "anon", "auth", "b", "b1", "student", "user", "N1a")) {
      Set<String> roles = new HashSet<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        roles.add(pick(random, ROLES));
      }
      people.add(new Person(name, List.copyOf(roles)));
    }
    return people;
  }

  private static List<String> routes(Site site, Random random) {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      String path = "/" + i;
      PageRule rule = rule(random).withTags("canaries");
      site.page(path, rule, handler(site, i < 8 ? i : random.nextInt(8)));
      paths.add(path);
    }
    return paths;
  }

  private static PageRule rule(Random random) {
    Duration ttl = Duration.ofSeconds(90);
    return switch (random.nextInt(4)) {
      case 0 -> PageRule.shared(ttl);
      case 1 -> PageRule.perRole(ttl);
      case 2 -> PageRule.perPerson(ttl);
      default -> PageRule.of(Audience.by(asker -> group(asker.id())), ttl);
    };
  }

  /** What handlers do with people, well and badly. */
  private static HttpHandler handler(Site site, int kind) {
    return switch (kind) {
      // As it should be: in a hole.
      case 0 -> exchange -> html(exchange, hole(exchange, "canary") + "words ".repeat(200));
      // For all who share the page, by what the cache says of them.
      case 1 -> exchange -> html(exchange, ofVariant(exchange));
      // Reads the session without saying so.
      case 2 -> exchange -> html(exchange, user(site.readUser()));
      // Now and then.
      case 3 ->
          exchange ->
              html(
                  exchange,
                  ThreadLocalRandom.current().nextInt(3) == 0 ? user(site.readUser()) : "nobody");
      // With a cookie.
      case 4 ->
          exchange -> {
            String name = site.readUser();
            exchange.getResponseHeaders().set("Set-Cookie", "of=" + name);
            html(exchange, user(name));
          };
      // Signs in or out meanwhile.
      case 5 ->
          exchange -> {
            String name = site.readUser();
            site.becomes(name.equals("b") ? "" : "b");
            html(exchange, user(name));
          };
      // Longer than what is stored.
      case 6 -> exchange -> html(exchange, user(site.readUser()) + "x".repeat(Site.CAP) + "end");
      // Fails half way.
      default ->
          exchange -> {
            String name = site.readUser();
            if (ThreadLocalRandom.current().nextBoolean()) {
              throw new IOException("failed for " + user(name));
            }
            html(exchange, hole(exchange, "canary") + user(name));
          };
    };
  }

  private static String user(String name) {
    return name.isEmpty() ? "a stranger" : "[user:" + name + "]";
  }

  private static String ofVariant(HttpExchange exchange) {
    Variant variant = PageCacheFilter.variant(exchange);
    return switch (variant.kind()) {
      case ROLE -> "[roles:" + String.join(",", variant.names()) + "]";
      case USER -> user(variant.names().get(0));
      case CUSTOM -> "[group:" + variant.names().get(0) + "]";
      default -> hole(exchange, "canary");
    };
  }

  @Test
  void fiftyColdRequestsThatMintCookiesGetFiftyDifferentOnes() throws Exception {
    try (Site site = new Site()) {
      site.page(
          "/",
          PageRule.shared(Duration.ofSeconds(90)),
          exchange -> {
            String minted = UUID.randomUUID().toString();
            exchange.getResponseHeaders().set("Set-Cookie", "id=" + minted);
            html(exchange, "token " + minted);
          });
      List<HttpResponse<byte[]>> answers = Parallel.run(50, () -> site.get("/"));
      Set<String> cookies = new HashSet<>();
      for (HttpResponse<byte[]> answer : answers) {
        String cookie = Site.header(answer, "Set-Cookie");
        assertEquals("token " + cookie.substring("id=".length()), text(answer));
        cookies.add(cookie);
      }
      assertEquals(50, cookies.size());
      HttpResponse<byte[]> later = site.get("/");
      assertFalse(cookies.contains(Site.header(later, "Set-Cookie")), "nothing was kept");
    }
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
