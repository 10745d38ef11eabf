// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the other provider does otherwise than the JDK's; what holds on both is in HardeningTest.
 */
class HttpProviderTest {
  private static final String SECOND =
      "GET /quick HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");

  private static TestSite own;
  private static TestSite other;

  @BeforeAll
  static void start() throws IOException {
    Router router =
        new Router(
            List.of(
                Route.get("/quick", r -> r.text(200, "quick")),
                new Route("POST", "/form", r -> r.text(200, r.form().get("a").orElse("none")))));
    own = TestSite.with(HttpProvider.JDK, List.of(), router);
    other = TestSite.with(HttpProvider.ROBAHO, List.of(new HeaderRules(16 * 1024)), router);
  }

  @AfterAll
  static void stop() {
    own.close();
    other.close();
  }

  /** Another one is on the class path, with a service file. */
  @Test
  void eachIsTheOneThatWasAskedFor() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer jdks = HttpProvider.JDK.create(any, 0);
    HttpServer robahos = HttpProvider.ROBAHO.create(any, 0);
    assertEquals("sun.net.httpserver", jdks.getClass().getPackageName());
    assertEquals("robaho.net.httpserver", robahos.getClass().getPackageName());
    jdks.stop(0);
    robahos.stop(0);
  }

  /** The statuses of what was sent and of another request behind it. */
  private static String statuses(TestSite site, String request) throws IOException {
    String answers = site.raw(request.replace("^", "\r\n").replace("~", "\r") + SECOND);
    return String.join(
        " ", STATUS.matcher(answers).results().map(found -> found.group(1)).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "GET /quick HTTP/1.1^Host: x^X(y: 1^^,400",
    "GET /quick HTTP/1.1^Host: x^Connection: Upgrade^^,400",
    "POST /form HTTP/1.1^Host: x^Connection: upgrade^Content-Length: 3^^a=b,400",
    "POST /form HTTP/1.1^Host: x^Content-Length: 3^Content-Length: 3^^a=b,400",
    "POST /form HTTP/1.1^Host: x^Content-Length: 3^Transfer-Encoding: chunked^^0^^,400",
    "POST /form HTTP/1.1^Host: x^Transfer-Encoding : chunked^^0^^,411",
    "POST /form HTTP/1.1^Host: x^Transfer-Encoding: gzip^^0^^,501"
  })
  void theOtherOneRefuses(String request, String expected) throws IOException {
    assertEquals(expected, statuses(other, request));
  }

  @Test
  void theOtherOneRefusesLargeHeadersOnceTheyAreWhole() throws IOException {
    String begin = "GET /quick HTTP/1.1^Host: x^";
    assertEquals("200 200", statuses(other, begin + "X: " + "y".repeat(15_000) + "^^"));
    assertEquals("431", statuses(other, begin + "X: " + "y".repeat(17_000) + "^^"));
    assertEquals("431", statuses(other, begin + "X: y^".repeat(201) + "^"));
    assertEquals(
        "431", statuses(other, "GET /quick?" + "y".repeat(17_000) + " HTTP/1.1^Host: x^^"));
  }

  /** What the documents say of it: a proxy must refuse this, or never pass it on like this. */
  @ParameterizedTest
  @CsvSource({
    "GET /quick HTTP/1.1^Host: x^Content-Length : 0^^",
    "GET /quick HTTP/1.1^Host: x^Content-Le~ngth: 0^^",
    "GET /quick HTTP/1.1^Host: x^nonsense^^"
  })
  void onlyTheJdksRefuses(String request) throws IOException {
    assertEquals("400", statuses(own, request));
    assertEquals("200 200", statuses(other, request));
  }

  @Test
  void theOtherOneReadsHeadersWithoutEnd() throws IOException {
    assertTrue(HttpProvider.JDK.boundsHeaders());
    assertEquals(
        "431",
        statuses(other, "GET /quick HTTP/1.1^Host: x^X: " + "y".repeat(4 << 20) + "^^"),
        "it has read them all");
  }
}
