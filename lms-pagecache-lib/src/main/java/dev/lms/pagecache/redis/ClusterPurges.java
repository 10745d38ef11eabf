// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.redis;

import static dev.lms.pagecache.redis.PagesScript.number;
import static dev.lms.pagecache.redis.PagesScript.utf8;

import dev.lms.pagecache.store.PageStoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Purges in a Redis Cluster: in every bucket, since a page with the tag may be in any. One round
 * trip for each master that has some of them, as long as they are where they were at the last
 * purge; a bucket that has moved, or whose master does not know its script, costs one of its own.
 * There are no near copies to wait for. A purge may be repeated, so one that may have been done is.
 */
final class ClusterPurges {
  private final RedisClusterClient redis;
  private final List<PagesScript> buckets;

  /** Where each bucket was at the last purge. */
  private final AtomicReferenceArray<@Nullable HostAndPort> places;

  ClusterPurges(RedisClusterClient redis, List<PagesScript> buckets) {
    this.redis = redis;
    this.buckets = buckets;
    this.places = new AtomicReferenceArray<>(buckets.size());
  }

  /**
   * Returns when every bucket has acknowledged the purge.
   *
   * @throws PageStoreException if one has not; others may have
   */
  void purge(Collection<String> tags) {
    List<byte[]> arguments = arguments(tags);
    boolean[] done = new boolean[buckets.size()];
    for (List<Integer> together : byPlace()) {
      try {
        ask(together, arguments, done);
      } catch (JedisException e) {
        // Those that have not answered are asked once more, one by one.
        together.forEach(bucket -> places.set(bucket, null));
      }
    }
    for (int i = 0; i < done.length; i++) {
      if (!done[i]) {
        buckets.get(i).list("purge", List.of(), arguments);
      }
    }
  }

  private static List<byte[]> arguments(Collection<String> tags) {
    List<byte[]> arguments = new ArrayList<>(Arrays.asList(utf8(""), number(0)));
    arguments.addAll(Arrays.asList(utf8(""), number(0), utf8("")));
    tags.forEach(tag -> arguments.add(utf8(tag)));
    return arguments;
  }

  /** Buckets that are asked in one round trip; one whose place is not known is alone. */
  private Collection<List<Integer>> byPlace() {
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < buckets.size(); i++) {
      Object place = places.get(i);
      groups.computeIfAbsent(place == null ? i : place, unused -> new ArrayList<>()).add(i);
    }
    return groups.values();
  }

  private void ask(List<Integer> together, List<byte[]> arguments, boolean[] done) {
    int slot = JedisClusterCRC16.getSlot(buckets.get(together.get(0)).key(""));
    try (Connection connection = redis.getConnectionFromSlot(slot)) {
      HostAndPort place = connection.getHostAndPort();
      for (int bucket : together) {
        connection.sendCommand(
            Protocol.Command.EVALSHA, buckets.get(bucket).command("purge", arguments));
      }
      List<Object> replies = connection.getMany(together.size());
      for (int i = 0; i < replies.size(); i++) {
        int bucket = together.get(i);
        if (replies.get(i) instanceof List<?> reply) {
          buckets.get(bucket).learn(reply);
          done[bucket] = true;
        }
        places.set(bucket, isElsewhere(replies.get(i)) ? null : place);
      }
    }
  }

  /** MOVED, or ASK; a script that is not known yet will be at this place. */
  private static boolean isElsewhere(Object reply) {
    return reply instanceof redis.clients.jedis.exceptions.JedisRedirectionException
        || (reply instanceof JedisDataException e
            && String.valueOf(e.getMessage()).startsWith("CLUSTERDOWN"));
  }
}
