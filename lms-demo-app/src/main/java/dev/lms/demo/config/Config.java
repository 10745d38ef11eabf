// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.log.LogFormat;
import dev.lms.demo.plan.Workload;
import dev.lms.session.redis.RedisUrl;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Everything that can be configured, read once and checked as a whole. Immutable.
 *
 * @param dataDir absolute; database, generated key and file sessions live here
 * @param databaseUrl a {@code jdbc:sqlite:} or {@code postgresql:} URL
 * @param debugEndpoints whether {@code /debug/*} exists
 * @param settings every setting with its origin, secrets masked
 */
public record Config(
    Environment environment,
    Web web,
    Path dataDir,
    String databaseUrl,
    Secrets secrets,
    Sessions sessions,
    PageCache pageCache,
    Workers workers,
    Operations operations,
    boolean debugEndpoints,
    List<Setting> settings) {

  /**
   * Where and how the server listens.
   *
   * @param port 0 picks a free one
   * @param managementPort a second port for health checks and metrics
   * @param trustedProxies who is believed about where a request comes from
   * @param requestTimeout how long a request may take to arrive, and its answer to leave
   * @param drainTimeout how long requests under way may take to finish when stopping
   * @param provider whose server it is
   */
  public record Web(
      String host,
      int port,
      OptionalInt managementPort,
      Set<InetAddress> trustedProxies,
      Duration requestTimeout,
      Duration drainTimeout,
      HttpProvider provider) {}

  /**
   * How sessions are kept.
   *
   * @param redis present when the store is Redis, or cookie and a URL is set: sign-outs go there
   * @param near whether each worker keeps copies of what it reads from Redis
   * @param passport how long a person may go on reading while the store is away; empty: not at all
   * @param migrateFrom the store that sessions are being moved from, to this one
   * @param fileThreshold number of sessions past which expired ones are swept at once
   * @param lifetime without a request, after which a session ends
   * @param absoluteTimeout after which it ends whatever happens
   * @param permanent whether the cookie outlives the browser's session
   * @param keyPrefix of every session key in Redis
   */
  public record Sessions(
      StoreChoice store,
      Optional<RedisUrl> redis,
      boolean near,
      Optional<Duration> passport,
      Optional<StoreAddress> migrateFrom,
      Path fileDir,
      int fileThreshold,
      Duration lifetime,
      Duration absoluteTimeout,
      boolean permanent,
      String keyPrefix,
      Cookie cookie) {}

  /** The session cookie. */
  public record Cookie(String name, boolean secure, SameSite sameSite, boolean httpOnly) {}

  /**
   * The page cache.
   *
   * @param redis empty: in-process
   * @param warm whether a worker visits the hot pages by itself, at its start and after each purge
   */
  public record PageCache(Optional<RedisUrl> redis, Duration timeout, int maxMb, boolean warm) {}

  /** What the resource plan is asked for. */
  public record Workers(WorkerCount count, int threads, int memoryMb, Workload workload) {}

  /**
   * What operators see and give.
   *
   * @param logFormat of the access and the audit log
   * @param logLevel from which on messages are written
   * @param maxHeaderKb the most that all headers of a request may have together
   * @param adminPasswordFile holds the password of the first administrator
   */
  public record Operations(
      LogFormat logFormat, LogLevel logLevel, int maxHeaderKb, Optional<Path> adminPasswordFile) {}

  /**
   * Reads the environment of this process.
   *
   * @throws ConfigException naming every error at once
   */
  public static Config fromSystem() {
    return fromSystem(Map.of());
  }

  /**
   * Reads the environment of this process.
   *
   * @param given variables that the command line gives; they come first
   * @throws ConfigException naming every error at once
   */
  public static Config fromSystem(Map<String, String> given) {
    Map<String, String> all = new HashMap<>(System.getenv());
    all.putAll(given);
    return read(all);
  }

  /**
   * Reads these variables.
   *
   * @throws ConfigException naming every error at once
   */
  public static Config read(Map<String, String> env) {
    return ConfigReader.read(env);
  }

  /**
   * This configuration with the key that was generated for it, and others that are accepted besides
   * the configured fallbacks.
   */
  public Config withSecretKey(String key, List<String> accepted) {
    List<String> fallbacks = new ArrayList<>(accepted);
    fallbacks.addAll(secrets.fallbacks());
    return new Config(
        environment,
        web,
        dataDir,
        databaseUrl,
        new Secrets(Optional.of(key), List.copyOf(fallbacks)),
        sessions,
        pageCache,
        workers,
        operations,
        debugEndpoints,
        settings);
  }

  /**
   * A site beside the one that is served: its database, pages and rules, but sessions and stored
   * pages of its own, which nobody else sees.
   *
   * @param folder an empty folder that is deleted with it
   * @param key a random one
   */
  public Config beside(Path folder, String key) {
    return new Config(
        environment,
        new Web(
            "127.0.0.1",
            0,
            OptionalInt.empty(),
            web.trustedProxies(),
            web.requestTimeout(),
            web.drainTimeout(),
            web.provider()),
        folder,
        databaseUrl,
        new Secrets(Optional.of(key), List.of()),
        new Sessions(
            new StoreChoice(StoreChoice.Kind.COOKIE, "beside the site"),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            folder.resolve("sessions"),
            sessions.fileThreshold(),
            sessions.lifetime(),
            sessions.absoluteTimeout(),
            sessions.permanent(),
            sessions.keyPrefix(),
            sessions.cookie()),
        new PageCache(Optional.empty(), pageCache.timeout(), pageCache.maxMb(), false),
        workers,
        new Operations(
            operations.logFormat(),
            operations.logLevel(),
            operations.maxHeaderKb(),
            Optional.empty()),
        debugEndpoints,
        settings);
  }

  /** The settings as they may be shown: no secret gets into a log by way of this. */
  @Override
  public String toString() {
    return "Config" + settings;
  }
}
