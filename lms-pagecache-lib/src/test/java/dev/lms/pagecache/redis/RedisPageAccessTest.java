// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.Pages.key;
import static dev.lms.pagecache.Pages.page;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.page.Body;
import dev.lms.pagecache.store.PageKey;
import dev.lms.pagecache.store.PageStore;
import dev.lms.pagecache.store.PageStore.Stored;
import dev.lms.pagecache.store.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** A Redis user that is allowed what the documentation says, and nothing else. */
class RedisPageAccessTest {
  private static final Path DOCUMENT = Path.of("../docs/reference/redis.md");
  private static final Pattern PAGES =
      Pattern.compile("Redis user for the page cache needs.*?Without", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("\\+[a-z]+");

  private static String[] rules() throws IOException {
    Matcher about = PAGES.matcher(Files.readString(DOCUMENT));
    assertTrue(about.find());
    String[] commands =
        COMMAND.matcher(about.group()).results().map(found -> found.group()).toArray(String[]::new);
    assertTrue(commands.length > 20, "commands");
    String[] all = new String[3 + commands.length];
    all[0] = "on";
    all[1] = ">secret";
    all[2] = "~cache:*";
    System.arraycopy(commands, 0, all, 3, commands.length);
    return all;
  }

  @Test
  void whatTheDocumentationAllowsIsEnough(@TempDir Path folder) throws IOException {
    try (RedisProcess redis = RedisProcess.oldest(folder);
        Jedis admin = redis.admin()) {
      admin.aclSetUser("pages", rules());
      try (RedisClient client =
          RedisClient.builder()
              .hostAndPort(redis.address())
              .poolConfig(RedisProcess.pool())
              .clientConfig(
                  DefaultJedisClientConfig.builder().user("pages").password("secret").build())
              .build()) {
        use(client, admin);
      }
      // Jedis introduces itself, and does without where that is refused.
      assertEquals(
          List.of(),
          admin.aclLog().stream()
              .filter(refused -> !"client".equals(refused.getObject()))
              .map(refused -> refused.getObject())
              .toList());
    }
  }

  private static void use(RedisClient client, Jedis admin) {
    RedisPageStore far =
        new RedisPageStore(client, RedisPageStore.DEFAULT_PREFIX, InstantSource.system(), 1 << 20);
    try (NearPageStore store = NearPageStore.over(far, 1 << 20, InstantSource.system())) {
      byte[] body = new byte[20_000];
      new Random(3).nextBytes(body);
      int kept = 0;
      for (int i = 0; i < 150; i++) {
        // So that those that were asked for are forgotten by and by.
        admin.zadd("cache:{pages}:ledger", 39_990 + i % 10, "asked");
        for (int visit = 0; visit < 2; visit++) {
          kept += visit(store, key("/" + i), Body.of(body)) == Stored.KEPT ? 1 : 0;
        }
      }
      assertTrue(kept > 100, kept + " pages");
      store.purge(List.of("t", "u"));
      assertInstanceOf(PageStore.Miss.class, NearFixture.found(store, key("/149"), Stamp.NONE));
      assertTrue(store.sharedBytes() > 0);
    }
    Purges purges =
        new RedisPageStore(
                client,
                RedisPageStore.DEFAULT_PREFIX,
                InstantSource.system(),
                Duration.ofMillis(20),
                System::nanoTime)
            .purges();
    purges.await(purges.begin(List.of("t")));
  }

  private static Stored visit(PageStore store, PageKey key, Body body) {
    return NearFixture.found(store, key, Stamp.NONE) instanceof PageStore.Miss miss
        ? store.store(key, page(key, body, Instant.now(), "t"), miss.stamp())
        : Stored.KEPT;
  }
}
