package dev.lms.demo.home;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Keeps cookies, follows no redirect, and reads the markup that the contract promises. */
final class Browser {
  private static final Pattern TOKEN =
      Pattern.compile("<input type=\"hidden\" name=\"csrf_token\" value=\"([^\"]+)\">");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> cookies = new LinkedHashMap<>();
  private final URI site;

  Browser(URI site) {
    this.site = site;
  }

  record Answer(int status, String body, Map<String, String> headers) {
    String token() {
      Matcher token = TOKEN.matcher(body);
      if (!token.find()) {
        throw new AssertionError("no csrf_token in " + body);
      }
      return token.group(1);
    }

    String location() {
      return headers.getOrDefault("location", "");
    }
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(site.resolve(path)).GET());
  }

  Answer post(String path, Map<String, String> form) {
    String body =
        form.entrySet().stream()
            .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(site.resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  Answer signIn(String username) {
    return post(
        "/user/login",
        Map.of(
            "username", username,
            "password", username,
            "csrf_token", get("/user/login").token()));
  }

  Map<String, String> cookies() {
    return cookies;
  }

  private Answer send(HttpRequest.Builder request) {
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(e -> e.getKey() + "=" + e.getValue())
              .collect(Collectors.joining("; ")));
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      response.headers().allValues("set-cookie").forEach(this::keep);
      return new Answer(
          response.statusCode(),
          response.body(),
          response.headers().map().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().getFirst())));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
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
