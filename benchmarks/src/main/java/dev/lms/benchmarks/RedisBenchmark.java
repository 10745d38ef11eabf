// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks;

import dev.lms.session.Sessions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.GetExParams;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Sessions in Redis, beside the commands they cannot do without, on the same Jedis client, and
 * beside Spring Session.
 */
// JMH fills the fields by @Setup.
@SuppressWarnings("NullAway.Init")
public class RedisBenchmark extends StoreBenchmark {
  private static final String PREFIX = "lms-benchmark:";
  private static final Duration LIFE = Duration.ofDays(1);
  private static final long LIFE_MILLIS = LIFE.toMillis();
  private static final int CONNECTIONS = 64;
  private static final long PATIENCE_MILLIS = 2000;
  private static final String SET_IF_EXISTS =
      """
      if redis.call('EXISTS', KEYS[1]) == 0 then
        return 0
      end
      redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
      return 1
      """;

  private static final int ID_BYTES = 16;

  private final Value sample = Value.sample();
  private final SecureRandom random = new SecureRandom();
  private final Mac hmac = hmac();
  private UnifiedJedis redis;
  private StatefulRedisConnection<String, String> lettuce;
  private String setIfExists;
  private String prefix;
  private long created;
  private String hash;
  private byte[] string;
  private Shared shared;
  private String person;
  private String springId;
  private String springIndexedId;

  /** The client of all threads. */
  @State(Scope.Benchmark)
  public static class Shared {
    static final String URL_PARAMETER = "redisUrl";

    @Param("redis://127.0.0.1:6379")
    public String redisUrl;

    private final AtomicInteger threads = new AtomicInteger();
    private UnifiedJedis redis;
    private RedisClient lettuce;
    private Sessions sessions;
    private SpringClients springClients;
    private SpringSessions<?> springJedis;
    private SpringSessions<?> springLettuce;
    private SpringSessions<?> springIndexedJedis;
    private SpringSessions<?> springIndexedLettuce;

    @Setup(Level.Trial)
    public void connect() {
      redis = RedisConnections.open(redisUrl, CONNECTIONS);
      sessions = sessions(new RedisSessionStore(redis, KEYS, PREFIX));
      lettuce = RedisClient.create(redisUrl);
      springClients = new SpringClients(URI.create(redisUrl), CONNECTIONS, Duration.ofSeconds(2));
      String basic = PREFIX + "spring";
      springJedis = SpringSessions.basic(springClients.jedis(), basic, LIFE);
      springLettuce = SpringSessions.basic(springClients.lettuce(), basic, LIFE);
      String indexed = PREFIX + "spring-indexed";
      springIndexedJedis = SpringSessions.indexed(springClients.jedis(), indexed, LIFE);
      springIndexedLettuce = SpringSessions.indexed(springClients.lettuce(), indexed, LIFE);
    }

    /** Takes away what this benchmark made, and nothing else: the server may be anybody's. */
    @TearDown(Level.Iteration)
    public void clear() {
      ScanParams ours = new ScanParams().match(PREFIX + "*").count(1000);
      String cursor = ScanParams.SCAN_POINTER_START;
      do {
        ScanResult<String> found = redis.scan(cursor, ours);
        if (!found.getResult().isEmpty()) {
          redis.del(found.getResult().toArray(String[]::new));
        }
        cursor = found.getCursor();
      } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    }

    @TearDown(Level.Trial)
    public void disconnect() {
      redis.close();
      springClients.close();
      lettuce.shutdown(0, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Setup(Level.Iteration)
  public void begin(Shared shared) {
    this.shared = shared;
    redis = shared.redis;
    int thread = shared.threads.incrementAndGet();
    begin(shared.sessions, thread);
    setIfExists = redis.scriptLoad(SET_IF_EXISTS, PREFIX);
    prefix = PREFIX + "raw:" + thread + ':';
    person = Sample.person(thread).id();
    springId = shared.springJedis.create(person);
    springIndexedId = shared.springIndexedJedis.create(person);
    hash = createRaw();
    string = (prefix + "string").getBytes(StandardCharsets.UTF_8);
    redis.set(string, sample.encode(), SetParams.setParams().px(LIFE_MILLIS));
    lettuce = shared.lettuce.connect();
    lettuce.setAutoFlushCommands(false);
  }

  @TearDown(Level.Iteration)
  public void disconnect() {
    lettuce.close();
  }

  private static Mac hmac() {
    try {
      Mac hmac = Mac.getInstance("HmacSHA256");
      hmac.init(new SecretKeySpec(new byte[32], "HmacSHA256")); // This key guards nothing.
      return hmac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** The one round trip of a read-only request; what Jedis returns is decoded already. */
  @Benchmark
  public long readRawHgetall() {
    return readHash(hash);
  }

  /** Lettuce on a connection of the thread's own: read and touched in one round trip. */
  @Benchmark
  public long readRawLettucePipelined() throws Exception {
    RedisFuture<Map<String, String>> fields = lettuce.async().hgetall(hash);
    RedisFuture<Boolean> touched = lettuce.async().pexpire(hash, LIFE_MILLIS);
    lettuce.flushCommands();
    if (!touched.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("there is no session to touch");
    }
    return new Value(fields.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).read();
  }

  final long readHash(String key) {
    return new Value(redis.hgetAll(key)).read();
  }

  /** The session in one string, which is touched each time. */
  @Benchmark
  public long readRawGetex() {
    return readString(string);
  }

  final long readString(byte[] key) {
    byte[] value = redis.getEx(key, GetExParams.getExParams().px(LIFE_MILLIS));
    return Value.decode(value).read();
  }

  /** Spring Session without index: found, marked as accessed, saved. */
  @Benchmark
  public long readSpringJedis() {
    return shared.springJedis.read(springId);
  }

  /** Through Lettuce instead of Jedis. */
  @Benchmark
  public long readSpringLettuce() {
    return shared.springLettuce.read(springId);
  }

  /** Spring Session with its index of people. */
  @Benchmark
  public long readSpringIndexedJedis() {
    return shared.springIndexedJedis.read(springIndexedId);
  }

  /** Through Lettuce instead of Jedis. */
  @Benchmark
  public long readSpringIndexedLettuce() {
    return shared.springIndexedLettuce.read(springIndexedId);
  }

  final long readSpring(String id) {
    return shared.springJedis.read(id);
  }

  final long readSpringIndexed(String id) {
    return shared.springIndexedJedis.read(id);
  }

  /** Read and conditional write: two round trips. */
  @Benchmark
  public long changeRaw() {
    long next = next(new Value(redis.hgetAll(hash)).counter());
    Object done =
        redis.evalsha(setIfExists, List.of(hash), List.of(Sample.COUNTER, Long.toString(next)));
    if (!Long.valueOf(1).equals(done)) {
      throw new IllegalStateException("the change was not stored");
    }
    return next;
  }

  /** Both commands in one round trip. */
  @Benchmark
  public String createRaw() {
    String key = prefix + created++;
    try (AbstractPipeline pipeline = redis.pipelined()) {
      pipeline.hset(key, sample.fields());
      pipeline.pexpire(key, LIFE_MILLIS);
      pipeline.sync();
    }
    return key;
  }

  /** A stranger's session: ours without index, as Spring's basic ones always are. */
  @Benchmark
  public String begin() {
    return begin(shared.sessions);
  }

  /** The least that can be sent: one string, with its deadline. */
  @Benchmark
  public byte[] beginRawSet() {
    byte[] key = (prefix + created++).getBytes(StandardCharsets.UTF_8);
    redis.set(key, sample.encode(), SetParams.setParams().px(LIFE_MILLIS));
    return key;
  }

  /** A string under an id that was signed, with data that were: nothing is named or checked. */
  @Benchmark
  public byte[] beginRawSigned() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    String name = prefix + HexFormat.of().formatHex(hmac.doFinal(id));
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    byte[] value = sample.encode();
    byte[] signed = Arrays.copyOf(value, value.length + hmac.getMacLength());
    System.arraycopy(hmac.doFinal(value), 0, signed, value.length, hmac.getMacLength());
    redis.set(key, signed, SetParams.setParams().px(LIFE_MILLIS));
    return key;
  }

  final long readSigned(byte[] key) {
    byte[] signed = redis.get(key);
    return Value.decode(Arrays.copyOf(signed, signed.length - hmac.getMacLength())).read();
  }

  /** Spring Session without index. */
  @Benchmark
  public String createSpringJedis() {
    return shared.springJedis.create(person);
  }

  /** Through Lettuce instead of Jedis. */
  @Benchmark
  public String createSpringLettuce() {
    return shared.springLettuce.create(person);
  }

  /** Spring Session with its index of people. */
  @Benchmark
  public String createSpringIndexedJedis() {
    return shared.springIndexedJedis.create(nextPerson().id());
  }
}
