// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lms.demo.WorkerProcess;
import dev.lms.session.jdbc.PostgresServer;
import dev.lms.session.redis.server.RedisCluster;
import dev.lms.session.redis.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Two or more worker processes that share where they keep their sessions. Starting them is what
 * takes time, so tests that leave them alive share two of each kind.
 */
public final class Backend implements AutoCloseable {
  private static final Map<Kind, Backend> SHARED = new EnumMap<>(Kind.class);

  /** The stores there are. */
  public enum Kind {
    REDIS,
    FILE,
    COOKIE,
    /** Tables beside the site's own in PostgreSQL. */
    POSTGRES,
    /** Tables beside the site's own in its SQLite file. */
    SQLITE,
    /** A machine each: data folders of their own, one PostgreSQL, one Redis. */
    MACHINES,
    /** A Redis Cluster of three masters. */
    CLUSTER
  }

  /**
   * The two of this kind that all tests of this process share, started when first asked for and
   * ended with the process. Whoever uses them stops none and names what it counts.
   */
  public static synchronized Backend shared(Kind kind) {
    if (SHARED.isEmpty()) {
      Runtime.getRuntime().addShutdownHook(new Thread(Backend::closeShared));
    }
    return SHARED.computeIfAbsent(kind, missing -> new Backend(missing, 2));
  }

  private static synchronized void closeShared() {
    SHARED.values().forEach(Backend::close);
  }

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final List<WorkerProcess> workers = new ArrayList<>();
  private @Nullable RedisServer redis;
  private @Nullable RedisCluster cluster;
  private @Nullable PostgresServer postgres;

  /** Starts so many worker processes, each on a port of its own. */
  Backend(Kind kind, int count) {
    this(kind, count, Map.of());
  }

  /** Workers with more in their environment. */
  Backend(Kind kind, int count, Map<String, String> more) {
    try {
      folder = Files.createTempDirectory("lms-workers");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.put("LMS_DATA_DIR", folder.resolve("data").toString());
    environment.put("LMS_DEBUG_ENDPOINTS", "1");
    environment.put("LMS_TRUSTED_PROXIES", "127.0.0.1");
    environment.putAll(more);
    switch (kind) {
      case REDIS -> {
        redis = RedisServer.start();
        environment.put("REDIS_URL", redis.url());
      }
      case FILE -> environment.put("SESSION_STORE", "file");
      case COOKIE -> environment.put("SESSION_STORE", "cookie");
      case POSTGRES -> {
        environment.put("SESSION_STORE", "jdbc");
        environment.computeIfAbsent("DATABASE_URL", missing -> PostgresServer.shared().newSite());
        postgres = PostgresServer.shared();
      }
      case SQLITE -> environment.put("SESSION_STORE", "jdbc");
      case MACHINES -> {
        redis = RedisServer.start();
        environment.put("REDIS_URL", redis.url());
        environment.put("DATABASE_URL", PostgresServer.shared().newSite());
        environment.put("SECRET_KEY", "the same on all machines, long enough");
      }
      case CLUSTER -> {
        cluster = RedisCluster.start();
        environment.put("REDIS_URL", cluster.url());
      }
    }
    for (int i = 0; i < count; i++) {
      Map<String, String> own = new HashMap<>(environment);
      if (kind == Kind.MACHINES) {
        own.put("LMS_DATA_DIR", folder.resolve("data" + i).toString());
      }
      workers.add(WorkerProcess.serve(own));
    }
  }

  /** What its workers are configured with, for a command beside them. */
  Map<String, String> environment() {
    return environment;
  }

  /** What operators did with commands beside them. */
  String operatorLog() {
    try {
      return Files.readString(Path.of(environment.get("LMS_DATA_DIR"), "audit.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends a worker as an operator would and starts another in its place. */
  void restart(int index, Map<String, String> changed) {
    assertEquals(0, workers.get(index).terminate());
    workers.get(index).close();
    Map<String, String> own = new HashMap<>(environment);
    own.putAll(changed);
    workers.set(index, WorkerProcess.serve(own));
  }

  /** All its workers, also those that were killed. */
  List<WorkerProcess> workers() {
    return workers;
  }

  /** Its Redis, if it has one. */
  public Optional<RedisServer> redis() {
    return Optional.ofNullable(redis);
  }

  /** Stops the server that keeps the sessions for so long; false if there is none. */
  boolean holdServer(Duration time) {
    PostgresServer database = postgres;
    if (database != null) {
      database.pause();
      try {
        WorkerProcess.letPass(time);
      } finally {
        database.resume();
      }
    } else if (redis != null) {
      WorkerProcess.hold(redis.process(), time);
    }
    return database != null || redis != null;
  }

  /** The first. */
  public WorkerProcess one() {
    return workers.get(0);
  }

  /** The second. */
  public WorkerProcess two() {
    return workers.get(1);
  }

  @Override
  public void close() {
    workers.forEach(WorkerProcess::close);
    if (redis != null) {
      redis.close();
    }
    if (cluster != null) {
      cluster.close();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
