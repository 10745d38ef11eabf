// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.redis;

import dev.lms.session.SessionStoreException;
import dev.lms.session.redis.near.NearCopies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Who has copies of sessions, as Redis remembers it, and how whoever writes waits for them. Every
 * store does, whether or not it has copies itself. A change is not made while another node has a
 * copy: the script says which, and is asked again when they have dropped it. A session is ended at
 * once, and then they are waited for. Whoever does not answer has no lease after {@link
 * NearCopies#LONGEST_WAIT}. Not in a cluster, where there are no copies. Thread-safe.
 */
final class Holders {
  private static final Script RELEASE = Script.named("release.lua");
  private static final Script LEAVE = Script.named("leave.lua");
  private static final String NOBODY = "-";
  private static final String WAITS = "!";
  private static final int MOST_ATTEMPTS = 100;
  private static final long FIRST_PAUSE = TimeUnit.MICROSECONDS.toNanos(200);
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(8);
  private static final String REMEMBERED = Long.toString(NearCopies.REMEMBERED.toMillis());

  private final RedisCalls calls;
  private final RedisKeys keys;
  private final LongSupplier nanos;
  private final boolean isCluster;
  private final LongAdder waits = new LongAdder();

  /** This node's own copies. */
  record Own(String node, NearCopies<RedisValue.Found> copies) {}

  private final Optional<Own> own;

  Holders(RedisCalls calls, RedisKeys keys, Optional<Own> own, LongSupplier nanos) {
    this.nanos = nanos;
    this.calls = calls;
    this.keys = keys;
    this.own = own;
    this.isCluster = Step.isCluster(calls.redis());
  }

  /** How often somebody else had to drop a copy first. */
  long waits() {
    return waits.sum();
  }

  private long forget(String field) {
    return own.map(mine -> mine.copies().forget(field)).orElse(0L);
  }

  /** What a script is told that changes a session. */
  private record Told(List<String> names, List<Object> arguments) {}

  private Told tell(String field, List<String> names, List<Object> arguments) {
    Told told = new Told(new ArrayList<>(names), new ArrayList<>(arguments));
    if (isCluster) {
      told.arguments.add("");
    } else {
      told.names.add(keys.holders(field));
      long number = forget(field);
      told.arguments.add(own.map(mine -> mine.node() + ' ' + number).orElse(NOBODY + " 0"));
    }
    return told;
  }

  /**
   * A call of a script that changes a session. This node's own copy is forgotten before; it is not
   * in the way.
   */
  Step change(Script script, String field, List<String> names, List<Object> arguments) {
    Told told = tell(field, names, arguments);
    return script.step(told.names, told.arguments);
  }

  /** The same at once, with what others change. */
  Object change(
      SharedWrites writes,
      Script script,
      String field,
      List<String> names,
      List<Object> arguments) {
    Told told = tell(field, names, arguments);
    return writes.run(script, told.names, told.arguments);
  }

  /**
   * What such a script answers in the end.
   *
   * @param answer the first time
   * @param again asks again
   */
  Object settled(String field, Object answer, Supplier<Object> again) {
    Object last = answer;
    for (int attempt = 0; last instanceof List<?> nodes; attempt++) {
      if (attempt == MOST_ATTEMPTS) {
        throw new SessionStoreException(
            "a session is read faster than it can be changed; try again");
      }
      Waiting waiting = new Waiting();
      waiting.add(field, nodes);
      waiting.await();
      last = again.get();
    }
    return last;
  }

  Waiting waiting() {
    return new Waiting();
  }

  /** Those who had copies of what was ended or changed, until they have been waited for. */
  final class Waiting {
    private final Map<String, Map<String, String>> numbersOfNodes = new LinkedHashMap<>();

    /** Of sessions that leave an index: up to which number this node's fills are used no more. */
    private final Map<String, Long> told = new HashMap<>();

    private long seen = nanos.getAsLong();
    private boolean wasHeldHere;

    private Waiting() {}

    /**
     * Takes sessions that have ended out of an index, except those that somebody has a copy of.
     * This node's own are forgotten before: whoever finds nothing left to end relies on that.
     */
    List<Step> leave(List<String> indexes, List<String> fields) {
      return indexes.stream().map(index -> leave(index, fields)).toList();
    }

    private Step leave(String index, List<String> fields) {
      if (isCluster) {
        return Step.deleteFields(index, fields);
      }
      List<String> names = new ArrayList<>(List.of(index));
      List<String> arguments = new ArrayList<>(List.of(own.map(Own::node).orElse(NOBODY)));
      for (String field : fields) {
        names.add(keys.holders(field));
        arguments.add(field);
        arguments.add(told.computeIfAbsent(field, Holders.this::forget).toString());
      }
      return LEAVE.step(names, arguments);
    }

    /**
     * Runs steps that write these sessions, then looks who has copies of them, in one round trip.
     */
    List<Object> repeatable(List<Step> steps, Collection<String> fields) {
      if (isCluster) {
        return calls.repeatable(steps);
      }
      List<Step> all = new ArrayList<>(steps);
      fields.forEach(field -> all.add(Step.readAll(keys.holders(field))));
      try {
        List<Object> answers = calls.repeatable(all);
        seen = nanos.getAsLong();
        int i = steps.size();
        for (String field : fields) {
          if (answers.get(i++) instanceof Map<?, ?> holders && !holders.isEmpty()) {
            add(field, holders);
          }
        }
        return answers.subList(0, steps.size());
      } finally {
        fields.forEach(Holders.this::forget);
      }
    }

    /** Those that a script has named in the place of an answer: node, number, and so on. */
    void add(String field, List<?> nodes) {
      seen = nanos.getAsLong();
      Map<String, String> numbers = new HashMap<>();
      for (int i = 0; i < nodes.size(); i += 2) {
        numbers.put(nodes.get(i).toString(), nodes.get(i + 1).toString());
      }
      add(field, numbers);
    }

    /** The same of a session that has ended; this node's own copy of it goes at once. */
    void ended(String field, List<?> nodes) {
      forget(field);
      add(field, nodes);
    }

    private void add(String field, Map<?, ?> holders) {
      holders.forEach(
          (node, number) -> {
            if (own.map(Own::node).equals(Optional.of(node))) {
              wasHeldHere |=
                  Long.parseLong(number.toString()) > told.getOrDefault(field, Long.MAX_VALUE);
            } else if (!node.equals(WAITS)) {
              numbersOfNodes
                  .computeIfAbsent(node.toString(), some -> new LinkedHashMap<>())
                  .put(field, number.toString());
            }
          });
    }

    /**
     * Returns when nobody uses a copy from before any more.
     *
     * @return whether anybody did, so that what has ended may be in an index yet
     */
    boolean await() {
      if (numbersOfNodes.isEmpty()) {
        return wasHeldHere;
      }
      waits.increment();
      String acknowledged = keys.near("told:" + UUID.randomUUID());
      tell(acknowledged);
      long pause = FIRST_PAUSE;
      while (!numbersOfNodes.isEmpty() && !haveLeasesRunOut()) {
        LockSupport.parkNanos(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
        if (Thread.interrupted()) {
          Thread.currentThread().interrupt();
          throw Failure.of(
              new JedisException(
                  "interrupted before all nodes had dropped their copies",
                  new InterruptedException()));
        }
        numbersOfNodes.keySet().removeAll(whoHasObeyed(acknowledged));
      }
      release();
      numbersOfNodes.clear();
      return true;
    }

    private boolean haveLeasesRunOut() {
      return nanos.getAsLong() - seen >= NearCopies.LONGEST_WAIT.toNanos();
    }

    /** It only saves time: whoever is not told loses the lease. */
    private void tell(String acknowledged) {
      List<Step> steps = new ArrayList<>();
      numbersOfNodes.forEach(
          (node, fields) -> {
            String list = keys.near(node);
            steps.add(Step.push(list, acknowledged + ' ' + String.join(" ", fields.keySet())));
            steps.add(Step.expire(list, NearCopies.REMEMBERED));
          });
      unlessRedisIsAway(steps);
    }

    private Set<String> whoHasObeyed(String acknowledged) {
      Set<String> nodes = new HashSet<>();
      for (Object answer : unlessRedisIsAway(List.of(Step.readAll(acknowledged)))) {
        if (answer instanceof Map<?, ?> map) {
          map.keySet().forEach(node -> nodes.add(node.toString()));
        }
      }
      return nodes;
    }

    /** Of those whose leases have run out, so that nobody waits for them again. */
    private void release() {
      List<Step> steps = new ArrayList<>();
      numbersOfNodes.forEach(
          (node, fields) ->
              fields.forEach(
                  (field, number) -> steps.add(Holders.this.release(node, field, number))));
      unlessRedisIsAway(steps);
    }

    private List<Object> unlessRedisIsAway(List<Step> steps) {
      try {
        return steps.isEmpty() ? List.of() : calls.repeatable(steps);
      } catch (SessionStoreException e) {
        return List.of();
      }
    }
  }

  private Step release(String node, String field, String number) {
    return RELEASE.step(List.of(keys.holders(field)), List.of(node, number));
  }

  /** Drops copies because somebody asks for it, and says so afterwards. */
  static void obey(RedisCalls calls, RedisKeys keys, Own own, String message) {
    String[] words = message.split(" ", -1);
    List<Step> steps = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      steps.add(dropped(keys, own, words[i]));
    }
    steps.add(Step.setField(words[0], own.node(), "1"));
    steps.add(Step.expire(words[0], NearCopies.REMEMBERED));
    calls.repeatable(steps);
  }

  /** Drops a copy, and has Redis know it. */
  static Step dropped(RedisKeys keys, Own own, String field) {
    long number = own.copies().forget(field);
    return RELEASE.step(List.of(keys.holders(field)), List.of(own.node(), Long.toString(number)));
  }

  static String remembered() {
    return REMEMBERED;
  }
}
