package dev.lms.demo;

import com.sun.net.httpserver.Filter;
import dev.lms.demo.account.AccountPages;
import dev.lms.demo.account.Devices;
import dev.lms.demo.account.Passwords;
import dev.lms.demo.account.Proxies;
import dev.lms.demo.account.Users;
import dev.lms.demo.cache.CacheMetrics;
import dev.lms.demo.cache.HotPages;
import dev.lms.demo.cache.Warming;
import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.DataFolder;
import dev.lms.demo.config.Environment;
import dev.lms.demo.course.CourseActions;
import dev.lms.demo.course.CoursePages;
import dev.lms.demo.course.Courses;
import dev.lms.demo.course.EnrolmentHole;
import dev.lms.demo.course.Enrolments;
import dev.lms.demo.course.Resources;
import dev.lms.demo.data.Database;
import dev.lms.demo.debug.RedisStatus;
import dev.lms.demo.debug.SessionDebug;
import dev.lms.demo.debug.SiteDebug;
import dev.lms.demo.home.HomePages;
import dev.lms.demo.home.MyAccount;
import dev.lms.demo.http.AdmissionFilter;
import dev.lms.demo.http.ErrorFilter;
import dev.lms.demo.http.Route;
import dev.lms.demo.http.Router;
import dev.lms.demo.http.SecurityHeaders;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.ops.HealthPages;
import dev.lms.demo.ops.MetricsPage;
import dev.lms.demo.ops.SessionMetrics;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.program.ProgramPages;
import dev.lms.demo.program.Programs;
import dev.lms.demo.view.Assets;
import dev.lms.demo.view.HoleFiller;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.view.Pages;
import dev.lms.demo.view.Visitors;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.Warmer;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The composition root: every part of the site is made here and handed to those that need it. */
public final class App {
  private static final Duration LONGEST_QUEUE = Duration.ofSeconds(5);
  private static final Set<String> ALWAYS_LET_IN =
      Stream.concat(HealthPages.PATHS.stream(), Stream.of(MetricsPage.PATH))
          .collect(Collectors.toUnmodifiableSet());

  private final WebServer server;
  private final Optional<WebServer> management;
  private final HealthPages health;
  private final Optional<Warming> warming;
  private final Closing parts;

  private App(
      WebServer server,
      Optional<WebServer> management,
      HealthPages health,
      Optional<Warming> warming,
      Closing parts) {
    this.server = server;
    this.management = management;
    this.health = health;
    this.warming = warming;
    this.parts = parts;
  }

  /**
   * Starts the site.
   *
   * @throws java.net.BindException when the port is taken
   */
  public static App start(Config config, ResourcePlan plan) throws IOException {
    return start(config, plan, Map.of());
  }

  /**
   * The same with more for {@code /readyz} to check.
   *
   * @throws java.net.BindException when the port is taken
   */
  public static App start(Config config, ResourcePlan plan, Map<String, HealthPages.Check> checks)
      throws IOException {
    return start(config, plan, Optional.empty(), checks);
  }

  /** The same, but cold, for somebody who wants to know why pages are stored or not. */
  static App startExplaining(Config config, ResourcePlan plan, Consumer<Explanation> listener)
      throws IOException {
    return start(config, plan, Optional.of(listener), Map.of());
  }

  private static App start(
      Config config,
      ResourcePlan plan,
      Optional<Consumer<Explanation>> explanations,
      Map<String, HealthPages.Check> checks)
      throws IOException {
    Closing parts = new Closing();
    try {
      return start(config, plan, explanations, checks, parts);
    } catch (IOException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** What an operator should know at start: one sentence a line. */
  public static List<String> describe(Config config) {
    List<String> sentences = new ArrayList<>();
    sentences.add(config.sessions().store().sentence());
    sentences.add(PageBackend.sentence(config));
    Warnings.of(config).forEach(warning -> sentences.add("Warning: " + warning));
    return sentences;
  }

  private static App start(
      Config config,
      ResourcePlan plan,
      Optional<Consumer<Explanation>> explanations,
      Map<String, HealthPages.Check> checks,
      Closing parts)
      throws IOException {
    Clock clock = Clock.systemUTC();
    DataFolder.create(config.dataDir());
    boolean samples = config.environment() == Environment.DEVELOPMENT;
    int cpus = Runtime.getRuntime().availableProcessors();

    Database database = parts.add(Database.open(config.databaseUrl(), cpus, samples));
    // One connection more, in which near copies of pages wait for purges.
    RedisClients redis = parts.add(new RedisClients(plan.redisPool() + 1));
    SessionBackend sessions = parts.add(SessionBackend.open(config, redis, clock));
    Passwords passwords = parts.add(new Passwords(cpus));
    PageCache pageCache =
        new PageCache(PageBackend.open(config, plan.pageCacheMb(), redis, clock, parts), clock);

    Assets assets = new Assets();
    Pages pages = new Pages(new Visitors(Site::isSignedIn, PageCacheFilter::hole), assets);
    Courses courses = new Courses(database);
    Resources resources = new Resources(database);
    Programs programs = new Programs(database);
    Enrolments enrolments = new Enrolments(database, clock);
    Users users = new Users(database, samples);
    Devices devices =
        new Devices(sessions.sessions(), sessions.store().capabilities().principalIndex());
    Duration ttl = config.pageCache().timeout();
    AtomicReference<Optional<Warming>> warming = new AtomicReference<>(Optional.empty());
    Consumer<Set<String>> purge =
        tags -> {
          pageCache.purge(tags.toArray(String[]::new));
          warming.get().ifPresent(warm -> warm.warm(HotPages.with(tags)));
        };

    List<PageRoute> routes = new ArrayList<>();
    routes.addAll(new HomePages(courses, programs, pages, ttl).routes());
    routes.addAll(new CoursePages(courses, resources, enrolments, pages, ttl).routes());
    routes.addAll(new CourseActions(courses, resources, enrolments, pages, purge).routes());
    routes.addAll(new ProgramPages(programs, courses, pages).routes());
    routes.addAll(accountPages(config, users, passwords, pages).routes());
    routes.addAll(devices.routes());
    routes.addAll(new MyAccount(courses, devices, pages).routes());
    if (config.debugEndpoints()) {
      routes.addAll(debugPages(config, sessions, pageCache, redis));
    }
    Map<String, HoleFiller> fillers = new HashMap<>(AccountPages.holes());
    fillers.put(EnrolmentHole.NAME, new EnrolmentHole(courses, enrolments, pages));

    Map<String, HealthPages.Check> all = new LinkedHashMap<>(checks);
    all.put("database", database::check);
    all.put("sessions", sessions::check);
    HealthPages health = new HealthPages(all);
    List<Route> forOperators = new ArrayList<>(health.routes());
    Supplier<Warmer.Progress> progress =
        () -> warming.get().map(Warming::progress).orElse(new Warmer.Progress(0, 0, 0, 0));
    forOperators.addAll(
        new MetricsPage(
                List.of(
                    new SessionMetrics(sessions.sessions()::statistics),
                    new CacheMetrics(pageCache::stats, progress)))
            .routes());
    List<Route> others = new ArrayList<>(assets.routes());
    Optional<WebServer> management = Optional.empty();
    if (config.web().managementPort().isPresent()) {
      management = Optional.of(management(config, forOperators));
    } else {
      others.addAll(forOperators);
    }
    Site site = new Site(routes, others, pages::problem);
    List<Filter> filters =
        List.of(
            new SecurityHeaders(),
            new ErrorFilter(KnownProblems::of, pages::problem),
            new AdmissionFilter(plan.inFlight(), plan.queue(), LONGEST_QUEUE, ALWAYS_LET_IN),
            new SessionFilter(
                sessions.sessions(),
                site::outagePolicy,
                KnownProblems.OUTAGE,
                KnownProblems.UNSAVED),
            site.cacheFilter(pageCache, fillers, explanations));
    WebServer server =
        WebServer.start(address(config, config.web().port()), filters, site.router());
    if (explanations.isEmpty()) {
      Warming warm =
          parts.add(new Warming(Workers.at(config.web().host(), port(server)), Warming::log));
      warming.set(Optional.of(warm));
      warm.warm(new HotPages(courses, programs).all());
    }
    return new App(server, management, health, warming.get(), parts);
  }

  private static AccountPages accountPages(
      Config config, Users users, Passwords passwords, Pages pages) {
    List<String> secrets = new ArrayList<>(List.of(config.secrets().signingKey()));
    secrets.addAll(config.secrets().fallbacks());
    return new AccountPages(
        users,
        passwords,
        secrets,
        config.sessions().cookie().secure(),
        new Proxies(config.web().trustedProxies()),
        pages);
  }

  private static List<PageRoute> debugPages(
      Config config, SessionBackend sessions, PageCache pageCache, RedisClients redis) {
    Optional<RedisStatus> status =
        config
            .sessions()
            .redis()
            .or(() -> config.pageCache().redis())
            .map(url -> new RedisStatus(redis.client(url), config.sessions().keyPrefix()));
    List<Route> routes = new ArrayList<>();
    routes.addAll(new SessionDebug(sessions.name(), sessions.store().capabilities()).routes());
    routes.addAll(
        new SiteDebug(config.settings(), Warnings.of(config), pageCache, status).routes());
    return routes.stream().map(route -> new PageRoute(route, Optional.empty())).toList();
  }

  private static WebServer management(Config config, List<Route> routes) throws IOException {
    return WebServer.start(
        address(config, config.web().managementPort().orElseThrow()),
        List.of(new SecurityHeaders(), new ErrorFilter(KnownProblems::of)),
        new Router(routes));
  }

  private static InetSocketAddress address(Config config, int port) {
    return new InetSocketAddress(config.web().host(), port);
  }

  /** The port it listens on. */
  public int port() {
    return port(server);
  }

  private static int port(WebServer server) {
    return server.address().getPort();
  }

  /** Stops accepting, lets requests under way finish for up to {@code drain}, and ends. */
  public void stop(Duration drain) {
    health.drain();
    warming.ifPresent(Warming::close);
    server.drain(drain);
    management.ifPresent(second -> second.drain(Duration.ZERO));
    parts.close();
  }
}
