// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * One server in a process of its own, so that none runs with code that was compiled for another.
 * All are of the JDK's server API, with the same settings: {@code nodelay}, 2000 idle connections,
 * a virtual thread for each request.
 */
public final class Contender {
  private static final int BACKLOG = 1024;

  private Contender() {}

  /** The command that starts one on this port. */
  static List<String> command(Provider provider, int port, String... arguments) {
    return command(provider, List.of(), port, arguments);
  }

  /** The same, with these options of the JVM, which prevail over the provider's. */
  static List<String> command(Provider provider, List<String> jvm, int port, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(provider.options());
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Contender.class.getName(), Integer.toString(port)));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * {@code PORT site REDIS}: sessions and page cache before the pages. {@code PORT near REDIS}: the
   * same with copies of sessions in the process. {@code PORT far REDIS}: the same as the first with
   * pages in Redis. {@code PORT purge REDIS}: a node that purges. {@code PORT bare}: the pages
   * alone. {@code PORT answer FILE}: a handler with one answer. {@code PORT getex FILE REDIS}: that
   * handler, after one GETEX.
   */
  public static void main(String[] args) throws IOException {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])),
            BACKLOG);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    switch (args[1]) {
      case "site" -> serve(server, Site.inProcess(args[2]));
      case "near" -> serve(server, Site.near(args[2]));
      case "far" -> serve(server, Site.far(args[2]));
      case "purge" -> serve(server, new FirstPurge(args[2]), List.of());
      case "bare" -> serve(server, new Pages(false), List.of());
      case "answer" -> serve(server, new OneAnswer(Recorded.read(Path.of(args[2]))), List.of());
      case "getex" ->
          serve(
              server,
              new GetexFirst(new OneAnswer(Recorded.read(Path.of(args[2]))), args[3]),
              List.of());
      default -> throw new IllegalArgumentException("no contender " + args[1]);
    }
    System.out.println(server.getClass().getName());
    server.start();
  }

  private static void serve(HttpServer server, Site site) {
    serve(server, new Pages(true), site.filters());
  }

  private static void serve(HttpServer server, HttpHandler handler, List<Filter> filters) {
    server.createContext("/", handler).getFilters().addAll(filters);
  }
}
