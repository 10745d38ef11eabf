// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a session cookie is sent, and what browsers would not take. */
class CookieSettingsTest {
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void domainPathAndPartitionedAreSent() {
    CookieSettings cookie =
        CookieSettings.defaults()
            .withName("__Secure-session")
            .withDomain("example.com")
            .withPath("/shop")
            .withPartitioned(true)
            .withPermanent(true);
    assertEquals(
        "__Secure-session=t; Domain=example.com; Path=/shop; Max-Age=86400; Secure; HttpOnly;"
            + " SameSite=Lax; Partitioned",
        cookie.setting("t", DAY, cookie.permanent()));
  }

  @Test
  void aCookieIsDeletedWhereItWasSet() {
    CookieSettings cookie = CookieSettings.plainHttp().withDomain("example.com").withPath("/shop");
    assertEquals(
        "session=; Domain=example.com; Path=/shop; Max-Age=0; HttpOnly; SameSite=Lax",
        cookie.deleting());
  }

  @ParameterizedTest
  @ValueSource(strings = {"__Host-s", "__host-s", "__HOST-s"})
  void aHostCookieHasNoDomainAndThePathOfAll(String name) {
    CookieSettings host = CookieSettings.defaults().withName(name);
    assertThrows(IllegalArgumentException.class, () -> host.withDomain("example.com"));
    assertThrows(IllegalArgumentException.class, () -> host.withPath("/shop"));
    assertThrows(IllegalArgumentException.class, () -> host.withSecure(false));
    CookieSettings elsewhere = CookieSettings.defaults().withName("s").withDomain("example.com");
    assertThrows(IllegalArgumentException.class, () -> elsewhere.withName(name));
  }

  @Test
  void whatNeedsSecureIsRefusedWithoutIt() {
    CookieSettings plain = CookieSettings.plainHttp();
    assertThrows(IllegalArgumentException.class, () -> plain.withPartitioned(true));
    assertThrows(IllegalArgumentException.class, () -> plain.withName("__Secure-s"));
    assertThrows(
        IllegalArgumentException.class, () -> plain.withSameSite(CookieSettings.SameSite.NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".example.com", "a b", "exa;mple.com", "example.com.", "-a.com", "é.fr"})
  void whatIsNoDomainIsRefused(String domain) {
    CookieSettings cookie = CookieSettings.plainHttp();
    assertThrows(IllegalArgumentException.class, () -> cookie.withDomain(domain));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "shop", "/a;b", "/a b", "/a\r\nb", "/é"})
  void whatIsNoPathIsRefused(String path) {
    CookieSettings cookie = CookieSettings.plainHttp();
    assertThrows(IllegalArgumentException.class, () -> cookie.withPath(path));
  }
}
