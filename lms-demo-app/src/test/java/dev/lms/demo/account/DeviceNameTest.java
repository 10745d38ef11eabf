// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Firefox on Linux | Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
          Firefox on Android | Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0
          Firefox on iPhone | Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15
          Chrome on Windows | Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36
          Chrome on Android | Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36
          Chrome on ChromeOS | Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36
          Edge on Windows | Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0
          Opera on macOS | Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 OPR/120.0.0.0
          Samsung Internet on Android | Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36
          Safari on macOS | Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15
          Safari on iPad | Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1
          """)
  void whatIsKnownIsNamed(String name, String userAgent) {
    assertEquals(name, DeviceName.of(userAgent));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          curl/8.5.0 | curl/8.5.0
          Java-http-client/25 | Java-http-client/25
          NotFirefox/1.0 | NotFirefox/1.0
          Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko… | Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Examplebot/2.1; +http://example.org/bot.html)
          Mozilla/5.0 (compatible; Examplebot/1.0) Chrome/138.0.0.0 | Mozilla/5.0 (compatible; Examplebot/1.0) Chrome/138.0.0.0
          Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML… | Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/138.0.0.0 Safari/537.36
          """)
  void whatIsNotKnownIsShownAsItCame(String shown, String userAgent) {
    assertEquals(shown, DeviceName.of(userAgent));
  }

  @Test
  void nothingSaidIsUnknown() {
    assertEquals("Unknown device", DeviceName.of(""));
    assertEquals("Unknown device", DeviceName.of("  "));
  }

  @Test
  void aBrowserWithoutASystemIsNamedAlone() {
    assertEquals("Firefox", DeviceName.of("Firefox/140.0"));
  }

  /** Anybody chooses its length: a search that starts anew everywhere would take hours. */
  @Test
  void aLongClaimIsReadInOnePass() {
    for (String part :
        List.of(" Version/1 ", " Version/", "Edg/", "(compatible", ",;", "\u2003 ")) {
      String claim = part.repeat(100_000);
      String name =
          assertTimeoutPreemptively(Duration.ofMinutes(1), () -> DeviceName.of(claim), part);
      assertTrue(name.length() <= 60, name);
    }
  }
}
