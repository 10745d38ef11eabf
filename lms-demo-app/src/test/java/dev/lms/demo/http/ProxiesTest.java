// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  private static final InetAddress NGINX = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress BALANCER = InetAddress.ofLiteral("10.0.0.7");
  private static final InetAddress SOMEBODY = InetAddress.ofLiteral("198.51.100.4");

  private static String client(Set<InetAddress> trusted, InetAddress by, String... forwarded) {
    return new Proxies(trusted).client(by, List.of(forwarded)).getHostAddress();
  }

  @Test
  void withoutProxiesTheConnectionSaysIt() {
    assertEquals("127.0.0.1", client(Set.of(), NGINX, "203.0.113.9"));
    assertEquals("127.0.0.1", client(Set.of(NGINX), NGINX));
  }

  @Test
  void aTrustedProxyIsBelievedAndNobodyElse() {
    assertEquals("203.0.113.9", client(Set.of(NGINX), NGINX, "203.0.113.9"));
    assertEquals("198.51.100.4", client(Set.of(NGINX), SOMEBODY, "203.0.113.9"));
  }

  @Test
  void whatAClientClaimsToHavePassedThroughIsNotBelieved() {
    assertEquals("203.0.113.9", client(Set.of(NGINX), NGINX, "192.0.2.1, 203.0.113.9"));
    assertEquals("203.0.113.9", client(Set.of(NGINX), NGINX, "127.0.0.1", "203.0.113.9"));
  }

  @Test
  void proxiesBehindEachOtherAreFollowed() {
    Set<InetAddress> both = Set.of(NGINX, BALANCER);
    assertEquals("203.0.113.9", client(both, NGINX, "192.0.2.1, 203.0.113.9,10.0.0.7"));
    assertEquals("10.0.0.7", client(Set.of(NGINX), NGINX, "203.0.113.9, 10.0.0.7"));
  }

  @Test
  void addressesOfTheSixthVersionAreKnownInEverySpelling() {
    InetAddress loopback = InetAddress.ofLiteral("::1");
    assertEquals(
        "2001:db8:0:0:0:0:0:1",
        client(Set.of(loopback), InetAddress.ofLiteral("0:0:0:0:0:0:0:1"), "2001:db8::1"));
    assertEquals("203.0.113.9", client(Set.of(NGINX), NGINX, "::ffff:203.0.113.9"));
  }

  @Test
  void atWhatIsNoAddressTheLastProxyStands() {
    for (String nothing : List.of("", "unknown", "lms.example", "_hidden", "1.2.3.4:80", "<b>")) {
      assertEquals("127.0.0.1", client(Set.of(NGINX), NGINX, "203.0.113.9, " + nothing), nothing);
    }
  }
}
