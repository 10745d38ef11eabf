// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Executors;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.cache.Cache;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.web.http.SessionRepositoryFilter;

/**
 * The same page on Jetty, as others put it together: Spring Session's filter over Redis through
 * Lettuce, pages in Spring's cache over Caffeine, one for strangers and one for those who are
 * signed in. Jetty runs requests on virtual threads, as its documentation says.
 */
public final class SpringContender {
  private static final String PERSON = "person";

  private SpringContender() {}

  /** The command that starts it on this port. */
  static List<String> command(int port, String redisUrl) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(SpringContender.class.getName(), Integer.toString(port), redisUrl));
    return command;
  }

  /** {@code PORT REDIS}. */
  public static void main(String[] args) throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(args[0]));
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addFilter(
        new FilterHolder(new SessionRepositoryFilter<>(sessions(URI.create(args[1])))),
        "/*",
        EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(new ServletHolder(new Courses()), "/");
    server.setHandler(context);
    server.start();
  }

  private static RedisSessionRepository sessions(URI redis) {
    LettuceConnectionFactory lettuce =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(redis.getHost(), redis.getPort()));
    lettuce.afterPropertiesSet();
    lettuce.start();
    RedisTemplate<String, Object> template = new RedisTemplate<>();
    template.setKeySerializer(RedisSerializer.string());
    template.setHashKeySerializer(RedisSerializer.string());
    template.setConnectionFactory(lettuce);
    template.afterPropertiesSet();
    return new RedisSessionRepository(template);
  }

  private static final class Courses extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Cache pages =
        requireNonNull(new CaffeineCacheManager("pages").getCache("pages"));

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (request.getRequestURI().equals(Pages.SIGN_IN)) {
        signIn(request.getSession());
        send(response, "signed in".getBytes(StandardCharsets.UTF_8));
        return;
      }
      HttpSession session = request.getSession(false);
      boolean signedIn = session != null && session.getAttribute(PERSON) != null;
      String menu = signedIn ? "<b>My courses</b>" : "<a href=\"/sign-in\">Sign in</a>";
      String key = request.getRequestURI() + (signedIn ? " signed in" : " stranger");
      byte[] page = pages.get(key, () -> Pages.page(menu, "").getBytes(StandardCharsets.UTF_8));
      send(response, requireNonNull(page));
    }

    private static void signIn(HttpSession session) {
      session.setAttribute(PERSON, "student7");
      for (int i = 0; i < 8; i++) {
        session.setAttribute("attribute" + i, "x".repeat(92));
      }
    }

    private static void send(HttpServletResponse response, byte[] body) throws IOException {
      response.setContentType("text/html; charset=utf-8");
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }
}
