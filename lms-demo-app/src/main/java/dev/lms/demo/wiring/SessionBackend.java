// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.config.Config;
import dev.lms.demo.config.Environment;
import dev.lms.demo.config.StoreChoice;
import dev.lms.session.CookieSettings;
import dev.lms.session.Envelope;
import dev.lms.session.KeyRing;
import dev.lms.session.Lifetimes;
import dev.lms.session.SessionListener;
import dev.lms.session.SessionSettings;
import dev.lms.session.SessionStore;
import dev.lms.session.Sessions;
import dev.lms.session.WriteOptions;
import dev.lms.session.cookie.CookieSessionStore;
import dev.lms.session.file.FileRevocations;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.jfr.SessionJfr;
import dev.lms.session.memory.MemorySessionStore;
import dev.lms.session.migration.MigratingStore;
import dev.lms.session.redis.RedisRevocations;
import dev.lms.session.redis.RedisSessionStore;
import dev.lms.session.store.Revocations;
import dev.lms.session.store.SessionTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The sessions of the site as configured.
 *
 * @param name of the store, as in {@code SESSION_STORE}
 * @param probe a cookie with a good token of a session that nobody has
 * @param unplugged in development, whether this process is to find the store unreachable
 * @param migrating both stores, while sessions move from another one
 * @param copies what copies of sessions save this worker, where it keeps some
 * @param withoutGrace the same sessions once more, for somebody who is told what happens to them;
 *     an id is dead as soon as it is rotated
 */
public record SessionBackend(
    String name,
    SessionStore store,
    Sessions sessions,
    String probe,
    AtomicBoolean unplugged,
    Optional<MigratingStore> migrating,
    Optional<Supplier<RedisSessionStore.NearReads>> copies,
    Function<SessionListener, Sessions> withoutGrace,
    Closing parts)
    implements AutoCloseable {
  /** Sealed cookies of another program with the same key are not ours. */
  private static final String AUDIENCE = "lms-demo";

  /** For the copies of sessions in one worker: some thousands of those of this site. */
  private static final long NEAR_BYTES = 4L << 20;

  static SessionBackend open(Config config, RedisClients redis, Clock clock) {
    Config.Sessions settings = config.sessions();
    StoreChoice.Kind kind = settings.store().kind();
    KeyRing keys = Keys.of(config.secrets());
    Closing parts = new Closing();
    boolean development = config.environment() == Environment.DEVELOPMENT;
    AtomicBoolean unplugged = new AtomicBoolean();
    SessionStore configured =
        switch (kind) {
          case REDIS -> redisStore(settings, redis, keys);
          case FILE -> FileSessionStore.open(settings.fileDir(), keys, settings.fileThreshold());
          case JDBC -> SessionStores.inDatabase(config.databaseUrl(), keys, parts);
          case MEMORY -> MemorySessionStore.open(keys);
          case COOKIE ->
              new CookieSessionStore(
                  keys, cookie(settings), AUDIENCE, revocations(config, redis, parts));
        };
    Optional<MigratingStore> migrating =
        settings
            .migrateFrom()
            .map(from -> SessionStores.at(from, config, redis, keys, parts))
            .map(from -> new MigratingStore(from, configured, keys));
    SessionStore kept = migrating.<SessionStore>map(both -> both).orElse(configured);
    SessionStore store = development ? WatchedStore.around(kept, unplugged) : kept;
    SessionSettings plain =
        SessionSettings.defaults()
            .withCookie(cookie(settings))
            .withLifetimes(Lifetimes.of(settings.lifetime(), settings.absoluteTimeout()));
    SessionSettings rules = settings.passport().map(plain::withPassport).orElse(plain);
    SessionSettings withoutGrace = rules.withRotation(rules.rotation().withGrace(Duration.ZERO));
    Sessions sessions = Sessions.builder(store, keys).settings(rules).clock(clock).build();
    String probe = kind == StoreChoice.Kind.COOKIE ? sealed(store, clock) : signed(keys);
    return new SessionBackend(
        kind.name().toLowerCase(Locale.ROOT),
        store,
        sessions,
        settings.cookie().name() + '=' + probe,
        unplugged,
        migrating,
        configured instanceof RedisSessionStore inRedis && settings.near()
            ? Optional.of(inRedis::nearReads)
            : Optional.empty(),
        listener ->
            SessionJfr.addTo(Sessions.builder(store, keys))
                .settings(withoutGrace)
                .clock(clock)
                .listener(listener)
                .build(),
        parts);
  }

  private static RedisSessionStore redisStore(
      Config.Sessions settings, RedisClients redis, KeyRing keys) {
    var client = redis.client(settings.redis().orElseThrow());
    return settings.near()
        ? RedisSessionStore.withNearCopies(client, keys, settings.keyPrefix(), NEAR_BYTES)
        : new RedisSessionStore(client, keys, settings.keyPrefix());
  }

  private static String signed(KeyRing keys) {
    return new SessionTokens(keys).mint().text();
  }

  /** A cookie has no session elsewhere that one could ask for, but a list of those that ended. */
  private static String sealed(SessionStore store, Clock clock) {
    Instant now = clock.instant();
    Instant never = now.plus(Duration.ofDays(100 * 365));
    return store
        .create(
            new Envelope(now, Optional.empty(), never, Optional.empty()),
            Map.of(),
            WriteOptions.at(now, never))
        .orElseThrow();
  }

  /** Asks the store, unless it is known to be in an outage; that is an exception. */
  void check() {
    sessions.open(List.of(probe)).exists();
  }

  @Override
  public void close() {
    store.close();
    parts.close();
  }

  /** Where cookies that were signed out are remembered: as widely as the site has workers. */
  private static Revocations revocations(Config config, RedisClients redis, Closing parts) {
    return config
        .sessions()
        .redis()
        .<Revocations>map(
            url -> new RedisRevocations(redis.client(url), config.sessions().keyPrefix()))
        .orElseGet(() -> parts.add(FileRevocations.open(config.dataDir().resolve("revoked"))));
  }

  private static CookieSettings cookie(Config.Sessions settings) {
    Config.Cookie cookie = settings.cookie();
    CookieSettings.SameSite sameSite =
        switch (cookie.sameSite()) {
          case LAX -> CookieSettings.SameSite.LAX;
          case STRICT -> CookieSettings.SameSite.STRICT;
          case NONE -> CookieSettings.SameSite.NONE;
        };
    return (cookie.secure() ? CookieSettings.defaults() : CookieSettings.plainHttp())
        .withName(cookie.name())
        .withHttpOnly(cookie.httpOnly())
        .withSameSite(sameSite)
        .withPermanent(settings.permanent());
  }
}
