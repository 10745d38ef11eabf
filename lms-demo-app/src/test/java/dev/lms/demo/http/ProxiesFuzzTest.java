// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.fuzz.FuzzTarget;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** {@code X-Forwarded-For} lines: whatever a client claims, it is where its request came from. */
class ProxiesFuzzTest extends FuzzTarget {
  private static final InetAddress NGINX = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress BALANCER = InetAddress.ofLiteral("10.0.0.7");
  private static final InetAddress CLIENT = InetAddress.ofLiteral("198.51.100.4");
  private static final Proxies PROXIES = new Proxies(Set.of(NGINX, BALANCER));

  @Override
  protected void check(byte[] input) {
    List<String> claimed = List.of(latin1(input).split("\n", -1));
    assertEquals(CLIENT, PROXIES.client(CLIENT, claimed));
    assertEquals(CLIENT, PROXIES.client(NGINX, with(claimed, "198.51.100.4")));
    assertEquals(CLIENT, PROXIES.client(NGINX, with(claimed, "198.51.100.4 ,\t10.0.0.7")));
    InetAddress told = PROXIES.client(NGINX, claimed);
    String text = told.getHostAddress();
    assertTrue(text.matches("[0-9a-f:.]+(%[!-~]+)?"), text);
  }

  private static List<String> with(List<String> lines, String more) {
    return Stream.concat(lines.stream(), Stream.of(more)).toList();
  }
}
