package dev.lms.demo;

import dev.lms.demo.config.Config;
import dev.lms.demo.http.AdmissionFilter;
import dev.lms.demo.http.ErrorFilter;
import dev.lms.demo.http.Router;
import dev.lms.demo.http.SecurityHeaders;
import dev.lms.demo.http.WebServer;
import dev.lms.demo.ops.HealthPages;
import dev.lms.demo.plan.ResourcePlan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The composition root. */
public final class App {
  private final WebServer server;
  private final HealthPages health;

  private App(WebServer server, HealthPages health) {
    this.server = server;
    this.health = health;
  }

  /**
   * Starts the site.
   *
   * @throws java.net.BindException when the port is taken
   */
  public static App start(Config config, ResourcePlan plan) throws IOException {
    HealthPages health = new HealthPages(Map.of());
    WebServer server =
        WebServer.start(
            new InetSocketAddress(config.web().host(), config.web().port()),
            List.of(
                new SecurityHeaders(),
                new ErrorFilter(failure -> Optional.empty()),
                new AdmissionFilter(
                    plan.inFlight(), plan.queue(), Duration.ofSeconds(5), HealthPages.PATHS)),
            new Router(health.routes()));
    return new App(server, health);
  }

  /** The port it listens on. */
  public int port() {
    return server.address().getPort();
  }

  /** Stops accepting, lets requests under way finish for up to {@code drain}, and ends. */
  public void stop(Duration drain) {
    health.drain();
    server.drain(drain);
  }
}
