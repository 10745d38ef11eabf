// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.growth;

import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.redis.server.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/** A server with a store of sessions over it, and what it says of its own work. */
final class Redis implements AutoCloseable {
  static final String PREFIX = "session:";

  private static final int CONNECTIONS = 8;
  private static final Pattern COMMAND =
      Pattern.compile("cmdstat_(\\w+):calls=(\\d+),usec=(\\d+),.*");

  /** Scripts and transactions count what they run as well; so these count by themselves. */
  private static final Set<String> SENT = Set.of("evalsha", "eval", "get");

  private static final String EXEC = "exec";

  /** Microseconds, of what is remembered; all with 0, nothing with -1. */
  private static final String SLOWER_THAN = "slowlog-log-slower-than";

  /** Of what is remembered of a command: where its words are. */
  private static final int WORDS = 3;

  /** Copies a session and its index, ARGV[2] times, from number ARGV[3]. */
  private static final String COPY =
      """
      local session = redis.call('GET', KEYS[1])
      local entry = redis.call('HGETALL', KEYS[2])
      for i = ARGV[3], ARGV[3] + ARGV[2] - 1 do
        local name = string.format('%032x', i)
        redis.call('SET', ARGV[1] .. '{abc}' .. name, session, 'PX', 86400000)
        local index = ARGV[1] .. 'index:' .. name
        redis.call('HSET', index, '{abc}' .. name, entry[2])
        redis.call('PEXPIRE', index, 86400000)
      end
      """;

  private static final int BATCH = 5000;

  private final RedisServer server;
  private final UnifiedJedis client;
  private final Jedis admin;
  private final RedisSessionStore store;

  Redis() {
    server = RedisServer.start();
    client = RedisConnections.open(server.url(), CONNECTIONS);
    admin = server.jedis();
    store = new RedisSessionStore(client, Visits.KEYS, PREFIX);
  }

  RedisSessionStore store() {
    return store;
  }

  String url() {
    return server.url();
  }

  long process() {
    return server.process().pid();
  }

  /** A client of one more process. */
  UnifiedJedis connect(int connections) {
    return RedisConnections.open(server.url(), connections);
  }

  /**
   * Copies the only signed-in session there is, and the index that names it. Nobody can open the
   * copies, but to Redis they are what the session is.
   */
  void copy(int sessions) {
    String index = admin.keys(PREFIX + "index:*").iterator().next();
    String key = PREFIX + admin.hgetAll(index).keySet().iterator().next();
    for (int done = 0; done < sessions; done += BATCH) {
      admin.eval(
          COPY,
          List.of(key, index),
          List.of(
              PREFIX,
              Integer.toString(Math.min(BATCH, sessions - done)),
              Integer.toString(done + 1)));
    }
  }

  /** How many keys there are of sessions and people. */
  long keys() {
    return admin.keys(PREFIX + "*").size();
  }

  void clear() {
    admin.flushAll();
  }

  /** The microseconds that commands took in Redis, and not on their way, for one of so many. */
  double inside(int operations, Work.Operation task) throws Exception {
    admin.configResetStat();
    task.run();
    long exec = 0;
    long sent = 0;
    for (String line : admin.info("commandstats").lines().toList()) {
      Matcher command = COMMAND.matcher(line);
      if (command.matches()) {
        String name = command.group(1).toLowerCase(Locale.ROOT);
        exec += name.equals(EXEC) ? Long.parseLong(command.group(3)) : 0;
        sent += SENT.contains(name) ? Long.parseLong(command.group(3)) : 0;
      }
    }
    return (double) (exec > 0 ? exec : sent) / operations;
  }

  /** The words of the script's call that this sends. */
  List<byte[]> received(Work.Operation task) throws Exception {
    admin.configSet(SLOWER_THAN, "0");
    admin.slowlogReset();
    task.run();
    admin.configSet(SLOWER_THAN, "-1");
    for (Object entry : admin.slowlogGetBinary()) {
      List<byte[]> words = words(((List<?>) entry).get(WORDS));
      if (new String(words.get(0), StandardCharsets.US_ASCII).equalsIgnoreCase("evalsha")) {
        return words;
      }
    }
    throw new IllegalStateException("no script was called");
  }

  private static List<byte[]> words(Object command) {
    return ((List<?>) command).stream().map(byte[].class::cast).toList();
  }

  /** What Redis sent, for each of so many bytes. */
  double bytesSent(int bytes, Work.Operation task) throws Exception {
    long before = sent();
    task.run();
    return (double) (sent() - before) / bytes;
  }

  private long sent() {
    return Long.parseLong(RedisServer.info(admin, "stats", "total_net_output_bytes"));
  }

  /** Seconds that its process has used a core for. */
  double cpuSeconds() {
    return Double.parseDouble(RedisServer.info(admin, "cpu", "used_cpu_user"))
        + Double.parseDouble(RedisServer.info(admin, "cpu", "used_cpu_sys"));
  }

  @Override
  public void close() {
    store.close();
    client.close();
    admin.close();
    server.close();
  }
}
