// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.DataFolder;
import dev.lms.demo.config.Environment;
import dev.lms.demo.config.Secrets;
import dev.lms.demo.data.Database;
import dev.lms.demo.data.Tables;
import dev.lms.demo.http.AccessLog;
import dev.lms.demo.http.AdmissionFilter;
import dev.lms.demo.http.BodyFilter;
import dev.lms.demo.http.Clients;
import dev.lms.demo.http.ErrorFilter;
import dev.lms.demo.http.HeaderRules;
import dev.lms.demo.http.OwnRequests;
import dev.lms.demo.http.Proxies;
import dev.lms.demo.http.ReadOnlyFilter;
import dev.lms.demo.http.RequestMetrics;
import dev.lms.demo.http.RequestTarget;
import dev.lms.demo.http.Route;
import dev.lms.demo.http.Router;
import dev.lms.demo.http.SecurityHeaders;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.log.Audit;
import dev.lms.demo.log.LogWriter;
import dev.lms.demo.monitor.Health;
import dev.lms.demo.monitor.Metrics;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.strip.StripFilter;
import dev.lms.demo.strip.Trace;
import dev.lms.demo.view.Assets;
import dev.lms.demo.view.Pages;
import dev.lms.demo.view.Visitors;
import dev.lms.pagecache.Explanation;
import dev.lms.pagecache.PageAudit;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.httpserver.PageCacheFilter;
import dev.lms.pagecache.jfr.PageJfr;
import dev.lms.session.httpserver.SessionFilter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A site that listens: the stores of the configuration, and in front of its features the filters.
 */
public final class RunningSite {
  private static final Duration LONGEST_QUEUE = Duration.ofSeconds(5);

  /** Of the shortest body. */
  private static final Duration LONGEST_BODY = Duration.ofSeconds(5);

  private final WebServer server;
  private final Optional<WebServer> management;
  private final Health health;
  private final Content content;
  private final boolean audited;
  private final Closing closing;

  private RunningSite(
      WebServer server,
      Optional<WebServer> management,
      Health health,
      Content content,
      boolean audited,
      Closing closing) {
    this.audited = audited;
    this.server = server;
    this.management = management;
    this.health = health;
    this.content = content;
    this.closing = closing;
  }

  /**
   * Who looks at what the site does.
   *
   * @param served whether people visit it; else it writes no log, and answers who looks only
   * @param explanations hears why pages are stored or not
   * @param audit looks for what shared pages say about one person
   */
  private record Watch(
      boolean served,
      Optional<Consumer<Explanation>> explanations,
      Optional<PageAudit<HttpExchange>> audit) {}

  /**
   * Starts the site.
   *
   * @param checks more for {@code /readyz} to check
   * @throws java.net.BindException when the port is taken
   */
  public static RunningSite start(
      Config config, ResourcePlan plan, List<Feature> features, Map<String, Health.Check> checks)
      throws IOException {
    Optional<PageAudit<HttpExchange>> audit =
        config.environment() == Environment.PRODUCTION
            ? Optional.empty()
            : Optional.of(StandIns.audit());
    RunningSite site =
        start(config, plan, features, checks, new Watch(true, Optional.empty(), audit));
    site.content.started(site.port());
    return site;
  }

  /** Starts a site that warms no pages and tells why pages are stored or not. */
  public static RunningSite startExplaining(
      Config config, ResourcePlan plan, List<Feature> features, Consumer<Explanation> listener)
      throws IOException {
    return start(
        config,
        plan,
        features,
        Map.of(),
        new Watch(false, Optional.of(listener), Optional.empty()));
  }

  /** Starts a site that warms no pages and tells nothing, for nobody but the caller to visit. */
  public static RunningSite startUnseen(Config config, ResourcePlan plan, List<Feature> features)
      throws IOException {
    return start(
        config, plan, features, Map.of(), new Watch(false, Optional.empty(), Optional.empty()));
  }

  /** Starts a site that looks, in every environment, for what shared pages say about one person. */
  public static RunningSite startAudited(
      Config config, ResourcePlan plan, List<Feature> features, PageAudit<HttpExchange> audit)
      throws IOException {
    return start(
        config,
        plan,
        features,
        Map.of(),
        new Watch(false, Optional.of(explanation -> {}), Optional.of(audit)));
  }

  /** What such a site is looked at by. */
  public static PageAudit<HttpExchange> pageAudit() {
    return StandIns.audit();
  }

  private static RunningSite start(
      Config config,
      ResourcePlan plan,
      List<Feature> features,
      Map<String, Health.Check> checks,
      Watch watch)
      throws IOException {
    Closing closing = new Closing();
    try {
      Assets assets = new Assets();
      LogWriter lines = watch.served() ? new LogWriter(System.out) : LogWriter.unread();
      Consumer<String> log = closing.add(lines)::write;
      Parts parts =
          parts(config, plan, Feature.tablesOf(features), assets, watch.audit(), log, closing);
      checks.forEach(parts.health()::add);
      parts.health().add("database", parts.database()::check);
      parts.health().add("sessions", parts.sessions()::check);
      Content content = new Content();
      features.forEach(feature -> content.addAll(feature.open(parts)));
      if (watch.served() && config.environment() != Environment.DEVELOPMENT) {
        Secrets secrets = config.secrets();
        parts
            .audit()
            .tell(
                "key-used",
                "signing",
                secrets.mark(),
                "accepted",
                String.join(",", secrets.marks()));
      }
      return listen(plan, parts, content, assets, log, watch);
    } catch (IOException | RuntimeException e) {
      closing.close();
      throw e;
    }
  }

  private static Parts parts(
      Config config,
      ResourcePlan plan,
      List<Tables> tables,
      Assets assets,
      Optional<PageAudit<HttpExchange>> audit,
      Consumer<String> log,
      Closing closing)
      throws IOException {
    Clock clock = Clock.systemUTC();
    int cpus = Runtime.getRuntime().availableProcessors();
    DataFolder.create(config.dataDir());
    Database database =
        closing.add(
            Database.open(
                config.databaseUrl(), cpus, tables, SampleContent.of(config.environment())));
    // Two connections more, in which copies of pages and of sessions wait for what concerns them.
    RedisClients redis = closing.add(new RedisClients(plan.redisPool() + 2));
    SessionBackend sessions = closing.add(SessionBackend.open(config, redis, clock));
    sessions.migrating().ifPresent(both -> closing.add(SignOfLife.of(both)));
    KnownPages knownPages =
        new KnownPages(PageBackend.open(config, plan.pageCacheMb(), redis, clock, closing));
    PageCache pageCache = PageJfr.addTo(PageCache.builder(knownPages)).clock(clock).build();
    return new Parts(
        config,
        clock,
        cpus,
        database,
        redis,
        sessions,
        pageCache,
        knownPages,
        audit,
        plan,
        new Pages(new Visitors(Site::visitor, Site::sessionOf, PageCacheFilter::hole), assets),
        new Purges(pageCache),
        new Health(),
        new Metrics().withJvm(),
        new Audit(config.operations().logFormat(), clock, log),
        new OwnRequests(),
        closing);
  }

  private static RunningSite listen(
      ResourcePlan plan,
      Parts parts,
      Content content,
      Assets assets,
      Consumer<String> log,
      Watch watch)
      throws IOException {
    Config config = parts.config();
    List<Route> others = new ArrayList<>(assets.routes());
    Optional<WebServer> management = Optional.empty();
    if (config.web().managementPort().isPresent()) {
      management = Optional.of(management(config, content.forOperators()));
    } else {
      others.addAll(content.forOperators());
    }
    Set<String> alwaysLetIn =
        content.forOperators().stream().map(Route::pattern).collect(Collectors.toUnmodifiableSet());
    boolean passports = config.sessions().passport().isPresent();
    Site site =
        new Site(
            content.pages(), others, passports, parts.database()::version, parts.pages()::problem);
    AdmissionFilter admission =
        new AdmissionFilter(plan.inFlight(), plan.queue(), LONGEST_QUEUE, alwaysLetIn);
    Proxies proxies = new Proxies(config.web().trustedProxies());
    Clients clients = proxies::client;
    BodyFilter bodies = parts.closing().add(new BodyFilter(LONGEST_BODY, clients));
    parts.metrics().add(new AdmissionMetrics(admission, bodies));
    parts.metrics().add(new RedisPools(parts.redis()::opened));
    parts.sessions().copies().map(CopyMetrics::new).ifPresent(parts.metrics()::add);
    Predicate<HttpExchange> notByVisitors =
        exchange ->
            alwaysLetIn.contains(RequestTarget.of(exchange).path())
                || parts.ownRequests().includes(exchange);
    List<Filter> filters = new ArrayList<>();
    filters.add(new RequestMetrics(parts.metrics().registry(), site::routeName, notByVisitors));
    filters.add(
        new AccessLog(config.operations().logFormat(), proxies, parts.clock(), log, notByVisitors));
    filters.addAll(headerRules(config));
    filters.add(new SecurityHeaders());
    Optional<Consumer<Explanation>> listener = watch.explanations();
    if (config.environment() == Environment.DEVELOPMENT && listener.isEmpty()) {
      filters.add(strip(site, parts, assets));
      listener = Optional.of(Trace::explained);
    }
    filters.add(new ErrorFilter(KnownProblems::of, parts.pages()::problem));
    if (!watch.served()) {
      filters.add(new ReadOnlyFilter());
    }
    filters.addAll(
        List.of(
            bodies,
            new SessionFilter(
                parts.sessions().sessions(),
                site::outagePolicy,
                KnownProblems.OUTAGE,
                KnownProblems.UNSAVED),
            site.cacheFilter(parts.pageCache(), content.holes(), listener, parts.pageAudit()),
            admission));
    WebServer server =
        WebServer.start(
            config.web().provider(), address(config, config.web().port()), filters, site.router());
    return new RunningSite(
        server,
        management,
        parts.health(),
        content,
        parts.pageAudit().isPresent(),
        parts.closing());
  }

  private static StripFilter strip(Site site, Parts parts, Assets assets) {
    return new StripFilter(
        site::isForPeople,
        parts.sessions().name(),
        assets.href("dev.css"),
        (path, variant) -> leak(parts, path, variant),
        strip -> parts.pages().fragment("dev-strip", strip));
  }

  private static Optional<String> leak(Parts parts, String path, String variant) {
    return parts.pageAudit().stream()
        .flatMap(audit -> audit.findings().stream())
        .filter(found -> found.isLeak() && found.path().equals(path))
        .filter(found -> found.variant().token().equals(variant))
        .map(PageAudit.Finding::toString)
        .findFirst();
  }

  private static WebServer management(Config config, List<Route> routes) throws IOException {
    List<Filter> filters = new ArrayList<>(headerRules(config));
    filters.addAll(List.of(new SecurityHeaders(), new ErrorFilter(KnownProblems::of)));
    return WebServer.start(
        config.web().provider(),
        address(config, config.web().managementPort().orElseThrow()),
        filters,
        new Router(routes));
  }

  /** Where the server has none itself. */
  private static List<Filter> headerRules(Config config) {
    return config.web().provider().boundsHeaders()
        ? List.of()
        : List.of(new HeaderRules(config.operations().maxHeaderKb() * 1024));
  }

  private static InetSocketAddress address(Config config, int port) {
    return new InetSocketAddress(config.web().host(), port);
  }

  /** What an operator should know at start: one sentence a line. */
  public static List<String> describe(Config config) {
    List<String> sentences = new ArrayList<>();
    sentences.add(
        config.sessions().store().sentence()
            + (config.sessions().near() ? ", with copies in each worker (SESSION_NEAR)" : ""));
    config
        .sessions()
        .migrateFrom()
        .ifPresent(from -> sentences.add("Sessions move from " + from + " (SESSION_MIGRATE_FROM)"));
    sentences.add(PageBackend.sentence(config));
    sentences.add(config.web().provider().sentence());
    Warnings.of(config).forEach(warning -> sentences.add("Warning: " + warning));
    return sentences;
  }

  /** Whether pages are rendered a second time to find what they say about one person. */
  public boolean isAudited() {
    return audited;
  }

  /** What it needs, to be checked. */
  public Health health() {
    return health;
  }

  /** The port it listens on. */
  public int port() {
    return server.address().getPort();
  }

  /** Stops accepting, lets requests under way finish for up to {@code drain}, and ends. */
  public void stop(Duration drain) {
    stop(Duration.ZERO, drain);
  }

  /**
   * Goes on serving for a while, in which it says that it is not ready, and each answer that its
   * connection ends; then stops. Proxies and clients have gone elsewhere when the port closes.
   */
  public void stop(Duration pause, Duration drain) {
    health.drain();
    content.stopping();
    server.closeConnections();
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    server.drain(drain);
    management.ifPresent(second -> second.drain(Duration.ZERO));
    closing.close();
  }
}
