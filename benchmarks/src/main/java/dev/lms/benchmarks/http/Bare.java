// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JDK's server with nothing of ours: one handler that gives again what the site answered, with
 * heap and collector as the site has them. What such a server cannot do, nothing on it can.
 *
 * @param answer where the answer was written
 * @param jvm options of the JVM
 */
record Bare(Servers servers, Path answer, List<String> jvm) {
  /** More than are ever open here, so that it closes none. */
  private static final String IDLE = "-Dsun.net.httpserver.maxIdleConnections=10000";

  /**
   * Like a site that runs.
   *
   * @param process which of its processes serves
   * @param page whose answer is given again
   */
  static Bare like(Servers servers, ProcessHandle process, Target page)
      throws IOException, InterruptedException {
    List<String> jvm = options(List.of(process.info().arguments().orElse(new String[0])));
    if (jvm.stream().noneMatch(option -> option.startsWith("-Xmx"))) {
      throw new IOException("The heap of the site is not known: " + jvm);
    }
    Recorded answer = Recorded.of(servers.client(), page);
    if (answer.status() != 200) {
      throw new IOException(page + " answers " + answer);
    }
    return new Bare(servers, servers.write(answer), jvm);
  }

  /** Of a JVM's arguments those about heap and the like, but not what it has learned of a jar. */
  static List<String> options(List<String> arguments) {
    return arguments.stream()
        .takeWhile(argument -> !argument.equals("-jar"))
        .filter(argument -> argument.startsWith("-X"))
        .filter(argument -> !argument.startsWith("-XX:AOT") && !argument.startsWith("-Xlog"))
        .toList();
  }

  Bare withHeap(int megabytes) {
    return new Bare(
        servers, answer, Stream.concat(jvm.stream(), Stream.of("-Xmx" + megabytes + "m")).toList());
  }

  /** Waits until it listens. */
  Background start() throws IOException {
    List<String> options = Stream.concat(jvm.stream(), Stream.of(IDLE)).toList();
    return servers.contender(Provider.JDK, options, "answer", answer.toString());
  }
}
