// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * Keeps cookies, follows no redirect, and reads the markup that the contract promises. Throws
 * {@link UncheckedIOException} if no answer comes. Several threads may use one.
 */
public final class Browser {
  private static final Pattern TOKEN =
      Pattern.compile("<input type=\"hidden\" name=\"csrf_token\" value=\"([^\"]+)\">");

  private static final Pattern STRIP =
      Pattern.compile("<details data-testid=\"dev-strip\">.*?</details>", Pattern.DOTALL);

  /** Of all visitors: what tells them apart are their cookies. */
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final HttpClient client;
  private final Map<String, String> cookies;
  private final URI site;
  private String userAgent = "Browser of a test";
  private String forwardedFor = "";

  /** A new visitor of this site. */
  public Browser(URI site) {
    this(CLIENT, site, new ConcurrentSkipListMap<>());
  }

  private Browser(HttpClient client, URI site, Map<String, String> cookies) {
    this.client = client;
    this.site = site;
    this.cookies = cookies;
  }

  /** A new visitor who says so much about the browser. */
  public Browser(URI site, String userAgent) {
    this(site);
    this.userAgent = userAgent;
  }

  /** A new visitor of a site whose certificate this trusts. */
  public static Browser trusting(SSLContext tls, URI site) {
    return new Browser(
        HttpClient.newBuilder().sslContext(tls).build(), site, new ConcurrentSkipListMap<>());
  }

  /** The same visitor, with the same cookies, sent to another worker. */
  public Browser on(URI otherWorker) {
    Browser there = new Browser(client, otherWorker, cookies);
    there.userAgent = userAgent;
    there.forwardedFor = forwardedFor;
    return there;
  }

  /** From now on as if by way of a proxy, which says that the visitor has this address. */
  public Browser from(String address) {
    forwardedFor = address;
    return this;
  }

  /** Another visitor who has got hold of the cookies as they are now. */
  public Browser copy() {
    return new Browser(client, site, new ConcurrentSkipListMap<>(cookies));
  }

  /** An answer; header names in lower case. */
  public record Answer(int status, String body, Map<String, String> headers) {
    /** The value of the first {@code csrf_token} field. */
    public String token() {
      Matcher token = TOKEN.matcher(body);
      if (!token.find()) {
        throw new AssertionError("no csrf_token in " + body);
      }
      return token.group(1);
    }

    /** The body without what development puts at its end, which differs each time. */
    public String page() {
      return STRIP.matcher(body).replaceFirst("");
    }

    /** Where the answer sends one. */
    public String location() {
      return header("location");
    }

    /** A header, or nothing. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** GET, with header names and values in turn. */
  public Answer get(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(site.resolve(path)).GET();
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** POST of a form. */
  public Answer post(String path, Map<String, String> form) {
    String body =
        form.entrySet().stream()
            .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(site.resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Signs in with the password that sample accounts have. */
  public Answer signIn(String username) {
    Answer form = get("/user/login");
    // Whoever is signed in is sent on; the token of any page is good.
    String token = (form.status() == 303 ? get("/user/account") : form).token();
    return post(
        "/user/login", Map.of("username", username, "password", username, "csrf_token", token));
  }

  /** The cookies, live. */
  public Map<String, String> cookies() {
    return cookies;
  }

  /** Signs out with the token of a page. */
  public Answer signOut() {
    return post("/user/logout", Map.of("csrf_token", get("/user/account").token()));
  }

  private Answer send(HttpRequest.Builder request) {
    request.timeout(Duration.ofMinutes(1));
    request.setHeader("User-Agent", userAgent);
    if (!forwardedFor.isEmpty()) {
      request.setHeader("X-Forwarded-For", forwardedFor);
    }
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(e -> e.getKey() + "=" + e.getValue())
              .collect(Collectors.joining("; ")));
    }
    try {
      return send(request.build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    response.headers().allValues("set-cookie").forEach(this::keep);
    return new Answer(
        response.statusCode(),
        response.body(),
        response.headers().map().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().getFirst())));
  }

  private void keep(String cookie) {
    String pair = cookie.substring(0, (cookie + ";").indexOf(';'));
    String name = pair.substring(0, pair.indexOf('='));
    if (cookie.contains("Max-Age=0")) {
      cookies.remove(name);
    } else {
      cookies.put(name, pair.substring(name.length() + 1));
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
