// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.cache.Workers;
import dev.lms.demo.config.Config;
import dev.lms.demo.config.ConfigException;
import dev.lms.demo.config.DataFolder;
import dev.lms.demo.config.Environment;
import dev.lms.demo.config.KeyUse;
import dev.lms.demo.config.ListenAddress;
import dev.lms.demo.config.LogLevel;
import dev.lms.demo.config.SecretKeyFile;
import dev.lms.demo.config.StoreChoice;
import dev.lms.demo.config.StoredKeys;
import dev.lms.demo.config.WorkerCount;
import dev.lms.demo.data.DatabaseException;
import dev.lms.demo.doctor.Doctor;
import dev.lms.demo.doctor.Finding;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.monitor.Health;
import dev.lms.demo.plan.Demand;
import dev.lms.demo.plan.Machine;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.rehearsal.Rehearsal;
import dev.lms.demo.rehearsal.WarmUp;
import dev.lms.demo.supervise.NginxConf;
import dev.lms.demo.supervise.Signals;
import dev.lms.demo.supervise.Supervisor;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.RunningSite;
import dev.lms.session.SessionStoreException;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = {
      "Serves the site: in this process, or in several worker processes on consecutive ports.",
      "SIGTERM stops it: no new connections, requests under way finish within LMS_DRAIN_TIMEOUT,"
          + " exit code 0."
    },
    footer = {
      "%nExamples:",
      "  lmsctl serve",
      "  lmsctl serve --port 8081 --open",
      "  lmsctl serve --workers auto --nginx-conf lms.conf"
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  /** Other workers take over meanwhile; a single one has nobody to hand over to. */
  private static final Duration BEFORE_CLOSING = Duration.ofSeconds(1);

  private static final int LEAST_CONNECTIONS = 1000;

  /** With full headers on every connection, a third of the heap. */
  private static final int CONNECTIONS_PER_HEAP_MB = 20;

  /** For files, Redis, and whatever else opens some. */
  private static final long OTHER_DESCRIPTORS = 256;

  private static final String SUPERVISED = "--supervised";

  private final List<Feature> features;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Listen on this address; instead of LMS_HOST.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Listen on this port, several workers from it on; instead of LMS_PORT.")
  private @Nullable Integer port;

  @Option(names = "--open", description = "Open the site in a browser once it serves.")
  private boolean open;

  @Option(
      names = "--workers",
      paramLabel = "N|auto",
      description = "So many worker processes under a supervisor; auto: what the plan says.",
      converter = WorkersConverter.class)
  private @Nullable WorkerCount workers;

  @Option(
      names = "--nginx-conf",
      paramLabel = "FILE",
      description = "Write an nginx upstream and server for the workers to this file.")
  private @Nullable Path nginxConf;

  /** Set by the supervisor, which holds the other end of standard input. */
  @Option(names = SUPERVISED, hidden = true)
  private boolean supervised;

  /** Set by lmsctl, once for each jar and JVM, while the JVM takes notes. */
  @Option(names = "--rehearse", hidden = true)
  private boolean rehearsing;

  /** Serves these. */
  ServeCommand(List<Feature> features) {
    this.features = features;
  }

  /** The command as most processes get it: with nothing to parse, the parser is not loaded. */
  static Optional<ServeCommand> withoutOptions(List<Feature> features, String... args) {
    boolean supervised = args.length == 2 && args[1].equals(SUPERVISED);
    if (args.length == 0 || !args[0].equals("serve") || (args.length > 1 && !supervised)) {
      return Optional.empty();
    }
    ServeCommand command = new ServeCommand(features);
    command.supervised = supervised;
    return Optional.of(command);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Config config = Config.fromSystem(given());
    Logging.level(config.operations().logLevel());
    Logging.format(config.operations().logFormat());
    WorkerCount wanted = workers != null ? workers : config.workers().count();
    ListenAddress.require(config.web().host());
    boolean single = supervised || rehearsing || wanted instanceof WorkerCount.Single;
    boolean several = !single && !(wanted instanceof WorkerCount.Fixed one && one.count() == 1);
    if (several && config.sessions().store().kind() == StoreChoice.Kind.MEMORY) {
      throw new ConfigException(
          List.of(
              "SESSION_STORE=memory: no worker would know the sessions of another; for several"
                  + " workers use SESSION_STORE=file or redis"));
    }
    if (config.secrets().key().isPresent()) {
      return single ? serve(config, Map.of()) : supervise(config, wanted);
    }
    if (single) {
      try (KeyUse use = KeyUse.begin(config.dataDir())) {
        return serve(withKeys(config, use.keys()), Map.of("secret key", use::check));
      }
    }
    // The supervisor signs nothing; its workers take the keys into use.
    return supervise(withKeys(config, new SecretKeyFile(config.dataDir()).readOrCreate()), wanted);
  }

  private Map<String, String> given() {
    Map<String, String> given = new HashMap<>();
    if (host != null) {
      given.put("LMS_HOST", host);
    }
    if (port != null) {
      given.put("LMS_PORT", port.toString());
    }
    return given;
  }

  private static Config withKeys(Config config, StoredKeys keys) {
    return config.withSecretKey(keys.signing(), keys.accepted(Clock.systemUTC().instant()));
  }

  private int serve(Config config, Map<String, Health.Check> checks)
      throws IOException, InterruptedException {
    int maxHeapMb = (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() >> 20);
    ResourcePlan plan = plan(config, OptionalInt.of(Math.max(1, maxHeapMb)));
    WebServer.prepare(
        config.web().provider(),
        config.web().requestTimeout(),
        connections(plan),
        config.operations().maxHeaderKb() * 1024);
    Optional<Rehearsal> rehearsal =
        rehearsing ? Optional.of(Rehearsal.prepare(config, features)) : Optional.empty();
    if (supervised && config.environment() != Environment.DEVELOPMENT) {
      long _ = WarmUp.of(config, plan, features, WarmUp.VISITS, WarmUp.LONGEST);
    }
    RunningSite site = start(config, plan, checks);
    writeNginxConf(config, site.port(), 1);
    if (!rehearsing) {
      drainAtEnd(config, site);
    }
    String address = Supervisor.READY + address(config, site.port());
    System.out.println(address + " (pid " + ProcessHandle.current().pid() + ")");
    if (supervised) {
      exitWithSupervisor(config.operations().logLevel());
    } else {
      Signals.handle("USR1", () -> Logging.switchDetail(config.operations().logLevel()));
      describe(config, plan, maxHeapMb);
      describeParts(site, config);
      if (open) {
        WebBrowser.open(Workers.at(config.web().host(), site.port()));
      }
    }
    System.out.flush();
    if (rehearsal.isPresent()) {
      rehearsal.get().run(Workers.at(config.web().host(), site.port()), Rehearsal.ROUNDS);
      site.stop(config.web().drainTimeout());
      return 0;
    }
    new CountDownLatch(1).await();
    return 0;
  }

  /** From now on nothing may fail: every end is a success. */
  private void drainAtEnd(Config config, RunningSite site) {
    Runnable drain =
        () -> {
          if (!supervised) {
            System.out.printf(
                "Stopping: requests under way have %d s to finish%n",
                config.web().drainTimeout().toSeconds());
          }
          site.stop(supervised ? BEFORE_CLOSING : Duration.ZERO, config.web().drainTimeout());
          // A stop that was asked for is a success; the JVM would say 143.
          Runtime.getRuntime().halt(0);
        };
    Runtime.getRuntime().addShutdownHook(new Thread(drain, "drain"));
  }

  /** As many as the memory carries and the system allows. */
  private static int connections(ResourcePlan plan) {
    int wanted =
        Math.max(
            plan.heapMb() * CONNECTIONS_PER_HEAP_MB,
            Math.max(LEAST_CONNECTIONS, 2 * (plan.inFlight() + plan.queue())));
    return (int) Math.min(wanted, Math.max(100, Machine.descriptors() - OTHER_DESCRIPTORS));
  }

  private int supervise(Config config, WorkerCount wanted)
      throws IOException, InterruptedException {
    DataFolder.create(config.dataDir());
    ResourcePlan plan = plan(config, OptionalInt.empty());
    int count = wanted instanceof WorkerCount.Fixed fixed ? fixed.count() : plan.workers();
    Supervisor supervisor = new Supervisor(config, plan, count);
    writeNginxConf(config, config.web().port(), count);
    try {
      supervisor.checkPorts();
    } catch (BindException e) {
      throw new CommandFailure(
          "port " + e.getMessage() + " is taken; stop what uses it or choose another LMS_PORT");
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> Runtime.getRuntime().halt(supervisor.stop() ? supervisor.exitCode() : 1),
                "drain"));
    System.out.printf(
        "Supervising %d workers, %s to port %d%n",
        count, address(config, config.web().port()), config.web().port() + count - 1);
    System.out.flush();
    // First, so that what the JVM takes is shared before this process has grown by what follows.
    supervisor.begin();
    describe(config, plan, plan.heapMb());
    if (count > plan.workers()) {
      System.out.printf(
          "Warning: %d workers are more than the %d this machine carries%n", count, plan.workers());
    }
    describeNext(config, Workers.at(config.web().host(), config.web().port()));
    System.out.flush();
    if (open) {
      WebBrowser.openOnceServing(Workers.at(config.web().host(), config.web().port()));
    }
    return supervisor.run();
  }

  private RunningSite start(Config config, ResourcePlan plan, Map<String, Health.Check> checks)
      throws IOException {
    String where = "LMS_HOST " + config.web().host() + ", LMS_PORT " + config.web().port();
    try {
      return RunningSite.start(config, plan, features, checks);
    } catch (BindException e) {
      throw new CommandFailure(
          "cannot listen on "
              + where
              + ": "
              + e.getMessage()
              + "; stop what uses the port or choose another");
    } catch (IllegalArgumentException | SessionStoreException | DatabaseException e) {
      // What they say names the folder, file or server and the remedy.
      throw new CommandFailure("cannot start: " + e.getMessage());
    }
  }

  static ResourcePlan plan(Config config, OptionalInt heapLimitMb) {
    Machine machine = Machine.measure();
    return ResourcePlan.of(
        new Demand(
            machine.cpus(),
            machine.ramMb(),
            config.workers().memoryMb(),
            config.workers().threads(),
            1,
            OptionalInt.empty(),
            config.workers().workload(),
            config.pageCache().maxMb(),
            heapLimitMb,
            machine.reasons()));
  }

  private void writeNginxConf(Config config, int firstPort, int count) {
    if (nginxConf == null) {
      return;
    }
    try {
      NginxConf.write(
          nginxConf, config.web().host(), firstPort, count, config.web().requestTimeout());
    } catch (IOException e) {
      throw new CommandFailure("cannot write --nginx-conf " + nginxConf + ": " + e);
    }
  }

  private static void describe(Config config, ResourcePlan plan, int heapMb) {
    if (config.environment() == Environment.DEVELOPMENT) {
      System.out.println(
          "Sample accounts (password = name): lms-admin, instructor, student1 to student9");
    }
    RunningSite.describe(config).forEach(System.out::println);
    for (Finding finding : Doctor.atStart(config, Clock.systemUTC())) {
      String level = finding.level() == Finding.Level.PROBLEM ? "Problem" : "Warning";
      System.out.println(level + ": " + finding.sentence());
    }
    System.out.printf(
        "Resource plan: %d x %d fit this machine; each worker takes %d requests at once, %d more"
            + " may wait, heap %d MB, page cache %d MB, Redis pool %d (lmsctl plan says why)%n",
        plan.workers(),
        plan.threads(),
        plan.inFlight(),
        plan.queue(),
        heapMb,
        plan.pageCacheMb(),
        plan.redisPool());
  }

  /** Whether each part works, and how long it took to say so. */
  private static void describeParts(RunningSite site, Config config) {
    List<String> parts = new ArrayList<>();
    site.health()
        .check()
        .forEach(
            (name, result) ->
                parts.add(
                    name
                        + (result.ok()
                            ? " ok (%.1f ms)".formatted(result.took().toNanos() / 1e6)
                            : " FAILED, see the log")));
    System.out.println("Parts: " + String.join(", ", parts));
    describeNext(config, Workers.at(config.web().host(), site.port()));
  }

  private static void describeNext(Config config, URI address) {
    System.out.println("Next: open " + address + "/ and sign in");
    if (config.environment() == Environment.DEVELOPMENT) {
      System.out.println("See why people flicker: " + address + "/lab");
    }
  }

  private static String address(Config config, int port) {
    String host = config.web().host();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return "http://" + shown + ":" + port;
  }

  /** The supervisor never writes; the end of the stream is its end, however it came. */
  private static void exitWithSupervisor(LogLevel configured) {
    // Sent to the whole group: the supervisor passes it on.
    Signals.handle("USR1", () -> {});
    Thread.ofPlatform()
        .daemon()
        .name("supervisor-watch")
        .start(
            () -> {
              try {
                // All that is said on this line is to say more, or less.
                while (System.in.read() >= 0) {
                  Logging.switchDetail(configured);
                }
              } catch (IOException e) {
                // As good as its end.
              }
              System.exit(0);
            });
  }
}
