// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import dev.lms.pagecache.store.PageKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * The parts that pages are spread over, each with an order of purges, a ledger and a slot of its
 * own: sixteen in a Redis Cluster, each in another sixteenth of the slots, or else one.
 */
final class Buckets {
  /** The same on all nodes; a purge has to reach every one. */
  static final int IN_CLUSTER = 16;

  private static final int SLOTS = 16384;

  private final List<PagesScript> all;

  private Buckets(List<PagesScript> all) {
    this.all = all;
  }

  static Buckets of(UnifiedJedis redis, String prefix) {
    List<PagesScript> all = new ArrayList<>();
    if (redis instanceof RedisClusterClient) {
      for (int i = 0; i < IN_CLUSTER; i++) {
        all.add(new PagesScript(redis, prefix + hashTag(i) + ":", true));
      }
    } else {
      all.add(new PagesScript(redis, prefix + "{pages}:", false));
    }
    return new Buckets(all);
  }

  /** The first name of its kind that lies in that sixteenth of the slots. */
  static String hashTag(int bucket) {
    int share = SLOTS / IN_CLUSTER;
    int number = 0;
    while (JedisClusterCRC16.getSlot("pages-" + number) / share != bucket) {
      number++;
    }
    return "{pages-" + number + "}";
  }

  /**
   * Where a page is. All variants of an address are in one: the stamp of a lookup is good for them
   * all, whichever of them the render turns out to be.
   */
  PagesScript of(PageKey key) {
    if (all.size() == 1) {
      return all.get(0);
    }
    CRC32 sum = new CRC32();
    sum.update(key.path().getBytes(StandardCharsets.UTF_8));
    sum.update('?');
    sum.update(key.query().orElse("").getBytes(StandardCharsets.UTF_8));
    return all.get((int) (sum.getValue() % all.size()));
  }

  List<PagesScript> all() {
    return all;
  }
}
