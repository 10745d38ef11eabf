package dev.lms.benchmarks;

import dev.lms.session.Sessions;
import dev.lms.session.redis.RedisConnections;
import dev.lms.session.redis.RedisSessionStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Sessions in Redis, beside the commands they cannot do without, on the same Jedis client. */
// JMH fills the fields by @Setup.
@SuppressWarnings("NullAway.Init")
public class RedisBenchmark extends StoreBenchmark {
  private static final String PREFIX = "lms-benchmark:";
  private static final long LIFE_MILLIS = 86_400_000;
  private static final String SET_IF_EXISTS =
      """
      if redis.call('EXISTS', KEYS[1]) == 0 then
        return 0
      end
      redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
      return 1
      """;

  private final Value sample = Value.sample();
  private UnifiedJedis redis;
  private String setIfExists;
  private String prefix;
  private long created;
  private String hash;
  private byte[] string;

  /** The client of all threads. */
  @State(Scope.Benchmark)
  public static class Shared {
    static final String URL_PARAMETER = "redisUrl";

    @Param("redis://127.0.0.1:6379")
    public String redisUrl;

    private final AtomicInteger threads = new AtomicInteger();
    private UnifiedJedis redis;
    private Sessions sessions;

    @Setup(Level.Trial)
    public void connect() {
      redis = RedisConnections.open(redisUrl, 64);
      sessions = sessions(new RedisSessionStore(redis, KEYS, PREFIX));
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
    }
  }

  @Setup(Level.Iteration)
  public void begin(Shared shared) {
    redis = shared.redis;
    begin(shared.sessions);
    setIfExists = redis.scriptLoad(SET_IF_EXISTS, PREFIX);
    prefix = PREFIX + "raw:" + shared.threads.incrementAndGet() + ':';
    hash = createRaw();
    string = (prefix + "string").getBytes(StandardCharsets.UTF_8);
    redis.set(string, sample.encode(), SetParams.setParams().px(LIFE_MILLIS));
  }

  /** The one round trip of a read-only request; what Jedis returns is decoded already. */
  @Benchmark
  public long readRawHgetall() {
    return readHash(hash);
  }

  final long readHash(String key) {
    return new Value(redis.hgetAll(key)).read();
  }

  /** The same in one string, which is touched each time. */
  @Benchmark
  public long readRawGetex() {
    byte[] value = redis.getEx(string, GetExParams.getExParams().px(LIFE_MILLIS));
    return Value.decode(value).read();
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
}
