// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import static java.util.stream.Collectors.joining;

import dev.lms.demo.http.HttpProvider;
import dev.lms.demo.log.LogFormat;
import dev.lms.demo.plan.Workload;
import dev.lms.session.redis.RedisUrl;
import dev.lms.session.redis.RedisUrl.Topology;
import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** From variables of the environment to a configuration, checked as a whole. */
final class ConfigReader {
  // RFC 6265 section 4.1.1: a cookie's name is a token.
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private enum Store {
    AUTO,
    REDIS,
    FILE,
    COOKIE,
    JDBC,
    MEMORY
  }

  private ConfigReader() {}

  static Config read(Map<String, String> env) {
    Variables variables = new Variables(env);
    variables.text("LMS_JAVA_HOME", "none"); // the launcher's; shown, not used
    Environment environment =
        variables.choice("LMS_ENV", Environment.class, Environment.DEVELOPMENT);
    boolean production = environment == Environment.PRODUCTION;

    Config.Web web = web(variables, production);
    Path dataDir = path(variables, "LMS_DATA_DIR", Path.of("lms-data"));
    String databaseUrl =
        variables.url(
            variables.find("DATABASE_URL"),
            "DATABASE_URL",
            "jdbc:sqlite:" + dataDir.resolve("lms.db"),
            ConfigReader::database,
            Mask::url);
    Secrets secrets = secrets(variables, production);
    Config.Sessions sessions = sessions(variables, environment, dataDir, databaseUrl);
    Config.PageCache pageCache =
        new Config.PageCache(
            redis(variables, "CACHE_REDIS_URL", variables.find("CACHE_REDIS_URL", "REDIS_URL")),
            seconds(variables, "CACHE_TIMEOUT", 90),
            variables.integer("CACHE_MAX_MB", 64, 1, 1024 * 1024),
            variables.flag("CACHE_WARM", true));
    Config.Workers workers = workers(variables);
    Config.Operations operations =
        new Config.Operations(
            variables.choice("LMS_LOG", LogFormat.class, LogFormat.TEXT),
            variables.choice("LMS_LOG_LEVEL", LogLevel.class, LogLevel.INFO),
            variables.integer("LMS_MAX_HEADER_KB", 16, 1, 1024),
            file(variables, "LMS_ADMIN_PASSWORD_FILE"));
    boolean debug = variables.flag("LMS_DEBUG_ENDPOINTS", false);
    if (debug && production) {
      variables.error(
          "LMS_DEBUG_ENDPOINTS=1: /debug shows what nobody may see in production; remove it");
    }
    List<Setting> settings = variables.finish();
    return new Config(
        environment,
        web,
        dataDir,
        databaseUrl,
        secrets,
        sessions,
        pageCache,
        workers,
        operations,
        debug,
        settings);
  }

  private static Config.Web web(Variables variables, boolean production) {
    String host = variables.text("LMS_HOST", production ? "0.0.0.0" : "127.0.0.1");
    int port = variables.integer("LMS_PORT", 8080, 0, 65535, "PORT");
    Optional<Variables.Given> second = variables.find("LMS_MANAGEMENT_PORT");
    int management = second.isEmpty() ? 0 : variables.integer("LMS_MANAGEMENT_PORT", 0, 1, 65535);
    if (second.isEmpty()) {
      variables.remember("LMS_MANAGEMENT_PORT", "none", second);
    }
    if (management != 0 && management == port) {
      variables.error("LMS_MANAGEMENT_PORT=" + port + ": LMS_PORT is the same; choose another");
    }
    return new Config.Web(
        host,
        port,
        management == 0 ? OptionalInt.empty() : OptionalInt.of(management),
        trustedProxies(variables),
        seconds(variables, "LMS_REQUEST_TIMEOUT", 120),
        seconds(variables, "LMS_DRAIN_TIMEOUT", 30),
        variables.choice("LMS_HTTP_PROVIDER", HttpProvider.class, HttpProvider.JDK));
  }

  private static Set<InetAddress> trustedProxies(Variables variables) {
    return variables.read(
        variables.find("LMS_TRUSTED_PROXIES"),
        "LMS_TRUSTED_PROXIES",
        Set.of(),
        ConfigReader::addresses,
        proxies ->
            proxies.isEmpty()
                ? "none"
                : proxies.stream().map(InetAddress::getHostAddress).collect(joining(",")));
  }

  private static Set<InetAddress> addresses(String text) {
    Set<InetAddress> addresses = new LinkedHashSet<>();
    for (String address : text.split(",", -1)) {
      try {
        addresses.add(InetAddress.ofLiteral(address.strip()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "expected IP addresses separated by commas, such as 127.0.0.1,::1");
      }
    }
    return Collections.unmodifiableSet(addresses);
  }

  private static Secrets secrets(Variables variables, boolean production) {
    Optional<Variables.Given> given = variables.find("SECRET_KEY");
    Optional<Variables.Given> older = variables.find("SECRET_KEY_FALLBACKS");
    Optional<String> key = given.map(Variables.Given::value);
    List<String> fallbacks =
        older.stream()
            .flatMap(found -> Arrays.stream(found.value().split(",", -1)))
            .map(String::strip)
            .filter(fallback -> !fallback.isEmpty())
            .toList();
    variables.remember(
        "SECRET_KEY", key.isPresent() ? Mask.STARS : "generated in the data folder", given);
    variables.remember(
        "SECRET_KEY_FALLBACKS",
        fallbacks.isEmpty() ? "none" : fallbacks.size() + " x " + Mask.STARS,
        older);
    if (production) {
      if (key.isEmpty()) {
        variables.error("SECRET_KEY: required in production; make one with: lmsctl key generate");
      }
      key.flatMap(Secrets::weakness)
          .ifPresent(
              why ->
                  variables.error("SECRET_KEY: " + why + "; make one with: lmsctl key generate"));
      // A weak fallback signs nothing, but whoever guesses it is let in all the same.
      for (int i = 0; i < fallbacks.size(); i++) {
        String which = "SECRET_KEY_FALLBACKS: key " + (i + 1) + " ";
        Secrets.weakness(fallbacks.get(i))
            .ifPresent(why -> variables.error(which + why + "; remove it"));
      }
    }
    return new Secrets(key, fallbacks);
  }

  private static Config.Sessions sessions(
      Variables variables, Environment environment, Path dataDir, String databaseUrl) {
    Optional<Variables.Given> url = variables.find("SESSION_REDIS_URL", "REDIS_URL");
    Optional<RedisUrl> redis = redis(variables, "SESSION_REDIS_URL", url);
    Store wish = variables.choice("SESSION_STORE", Store.class, Store.AUTO);
    if (wish == Store.REDIS && url.isEmpty()) {
      variables.error("SESSION_STORE=redis: needs SESSION_REDIS_URL or REDIS_URL");
    }
    StoreChoice store = choose(wish, url, environment);
    Path fileDir = path(variables, "SESSION_FILE_DIR", dataDir.resolve("sessions"));
    int threshold = variables.integer("SESSION_FILE_THRESHOLD", 1000, 1, Integer.MAX_VALUE);
    Duration lifetime = seconds(variables, "PERMANENT_SESSION_LIFETIME", 86_400);
    Duration absolute = seconds(variables, "SESSION_ABSOLUTE_TIMEOUT", 604_800);
    if (absolute.compareTo(lifetime) < 0) {
      variables.error(
          "SESSION_ABSOLUTE_TIMEOUT="
              + absolute.toSeconds()
              + ": shorter than PERMANENT_SESSION_LIFETIME="
              + lifetime.toSeconds()
              + "; raise the first or lower the second");
    }
    boolean permanent = variables.flag("SESSION_PERMANENT", false);
    String prefix = variables.text("SESSION_KEY_PREFIX", "session:");
    if (prefix.startsWith("cache:")) {
      variables.error("SESSION_KEY_PREFIX=" + prefix + ": cache: belongs to the page cache");
    }
    Optional<StoreAddress> from = migrateFrom(variables, store, redis, fileDir, databaseUrl);
    return new Config.Sessions(
        store,
        usesRedis(store.kind()) ? redis : Optional.empty(),
        near(variables, store, redis, from.isPresent()),
        passport(variables),
        from,
        fileDir,
        threshold,
        lifetime,
        absolute,
        permanent,
        prefix,
        cookie(variables, environment == Environment.PRODUCTION));
  }

  private static boolean near(
      Variables variables, StoreChoice store, Optional<RedisUrl> redis, boolean migrates) {
    boolean inRedis = store.kind() == StoreChoice.Kind.REDIS;
    boolean inCluster = redis.filter(url -> url.topology() == Topology.CLUSTER).isPresent();
    boolean possible = inRedis && !inCluster && !migrates;
    boolean near = variables.flag("SESSION_NEAR", possible);
    if (near && inRedis && !possible) {
      variables.error(
          "SESSION_NEAR: no copies of sessions are kept "
              + (inCluster ? "with a cluster" : "while they move from another store")
              + "; remove it, or set it to false");
    }
    return near && possible;
  }

  private static Optional<Duration> passport(Variables variables) {
    int seconds = variables.integer("SESSION_PASSPORT", 0, 0, 3_600);
    return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  private static Optional<StoreAddress> migrateFrom(
      Variables variables,
      StoreChoice store,
      Optional<RedisUrl> redis,
      Path fileDir,
      String databaseUrl) {
    Function<String, Optional<StoreAddress>> parse = text -> Optional.of(StoreAddress.parse(text));
    Optional<StoreAddress> from =
        variables.url(
            variables.find("SESSION_MIGRATE_FROM"),
            "SESSION_MIGRATE_FROM",
            Optional.<StoreAddress>empty(),
            parse,
            address -> address.map(StoreAddress::toString).orElse("none"));
    Optional<StoreAddress> to =
        switch (store.kind()) {
          case REDIS -> redis.map(StoreAddress.InRedis::new);
          case FILE -> Optional.of(new StoreAddress.InFiles(fileDir));
          case JDBC -> from.map(any -> StoreAddress.parse(databaseUrl));
          case COOKIE, MEMORY -> Optional.empty();
        };
    if (from.isPresent() && to.isEmpty()) {
      variables.error("SESSION_MIGRATE_FROM: sessions move to Redis, files or a database only");
    } else if (from.isPresent() && from.equals(to)) {
      variables.error(
          "SESSION_MIGRATE_FROM: is the store that sessions are to move to; configure the new one");
    }
    return from;
  }

  /** Of cookies, the list of those that were ended is there. */
  private static boolean usesRedis(StoreChoice.Kind kind) {
    return kind == StoreChoice.Kind.REDIS || kind == StoreChoice.Kind.COOKIE;
  }

  private static StoreChoice choose(
      Store wish, Optional<Variables.Given> url, Environment environment) {
    return switch (wish) {
      case REDIS -> new StoreChoice(StoreChoice.Kind.REDIS, "SESSION_STORE");
      case FILE -> new StoreChoice(StoreChoice.Kind.FILE, "SESSION_STORE");
      case COOKIE -> new StoreChoice(StoreChoice.Kind.COOKIE, "SESSION_STORE");
      case JDBC -> new StoreChoice(StoreChoice.Kind.JDBC, "SESSION_STORE");
      case MEMORY -> new StoreChoice(StoreChoice.Kind.MEMORY, "SESSION_STORE");
      case AUTO -> {
        if (url.isPresent()) {
          yield new StoreChoice(StoreChoice.Kind.REDIS, url.get().name());
        }
        yield environment == Environment.TESTING
            ? new StoreChoice(StoreChoice.Kind.COOKIE, "LMS_ENV=testing")
            : new StoreChoice(StoreChoice.Kind.FILE, "no SESSION_REDIS_URL or REDIS_URL");
      }
    };
  }

  private static Config.Cookie cookie(Variables variables, boolean production) {
    boolean secure = variables.flag("SESSION_COOKIE_SECURE", production);
    SameSite sameSite = variables.choice("SESSION_COOKIE_SAMESITE", SameSite.class, SameSite.LAX);
    boolean httpOnly = variables.flag("SESSION_COOKIE_HTTPONLY", true);
    String name = variables.text("SESSION_COOKIE_NAME", secure ? "__Host-session" : "session");
    if (!TOKEN.matcher(name).matches()) {
      variables.error("SESSION_COOKIE_NAME=" + name + ": letters, digits and !#$%&'*+-.^_`|~ only");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (!secure && (lower.startsWith("__host-") || lower.startsWith("__secure-"))) {
      variables.error(
          "SESSION_COOKIE_NAME="
              + name
              + ": browsers take it only with SESSION_COOKIE_SECURE=true");
    }
    if (sameSite == SameSite.NONE && !secure) {
      variables.error(
          "SESSION_COOKIE_SAMESITE=none: browsers take it only with SESSION_COOKIE_SECURE=true");
    }
    return new Config.Cookie(name, secure, sameSite, httpOnly);
  }

  private static Config.Workers workers(Variables variables) {
    WorkerCount count =
        variables.read(
            variables.find("LMS_WORKERS", "NOW_LMS_WORKERS", "GUNICORN_WORKERS", "WORKERS"),
            "LMS_WORKERS",
            new WorkerCount.Single(),
            WorkerCount::parse,
            value ->
                switch (value) {
                  case WorkerCount.Single single -> "1";
                  case WorkerCount.Fixed fixed -> "" + fixed.count();
                  case WorkerCount.Auto auto -> "auto";
                });
    return new Config.Workers(
        count,
        variables.integer(
            "LMS_THREADS", 1, 1, 1024, "NOW_LMS_THREADS", "GUNICORN_THREADS", "THREADS"),
        variables.integer(
            "LMS_WORKER_MEMORY_MB",
            200,
            64,
            1024 * 1024,
            "NOW_LMS_WORKER_MEMORY_MB",
            "WORKER_MEMORY_MB"),
        variables.choice("LMS_WORKLOAD", Workload.class, Workload.CPU));
  }

  private static Optional<RedisUrl> redis(
      Variables variables, String name, Optional<Variables.Given> given) {
    Function<String, Optional<RedisUrl>> parse = text -> Optional.of(RedisUrl.parse(text));
    return variables.url(
        given,
        name,
        Optional.<RedisUrl>empty(),
        parse,
        url -> url.map(RedisUrl::toString).orElse("none"));
  }

  private static String database(String url) {
    boolean known =
        Stream.of("jdbc:sqlite:", "postgresql://", "jdbc:postgresql://").anyMatch(url::startsWith);
    if (!known) {
      throw new IllegalArgumentException("expected a jdbc:sqlite: or postgresql:// URL");
    }
    StoreAddress.parse(url); // Sees that it is whole.
    return url;
  }

  private static Duration seconds(Variables variables, String name, int fallback) {
    return Duration.ofSeconds(variables.integer(name, fallback, 1, Integer.MAX_VALUE));
  }

  private static Optional<Path> file(Variables variables, String name) {
    Function<String, Optional<Path>> parse = text -> Optional.of(absolute(text));
    return variables.read(
        variables.find(name),
        name,
        Optional.<Path>empty(),
        parse,
        file -> file.map(Path::toString).orElse("none"));
  }

  private static Path absolute(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + e.getReason());
    }
  }

  private static Path path(Variables variables, String name, Path fallback) {
    return variables.read(
        variables.find(name),
        name,
        fallback.toAbsolutePath().normalize(),
        ConfigReader::absolute,
        Path::toString);
  }
}
