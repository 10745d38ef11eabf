// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import dev.lms.demo.config.Config;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import dev.lms.demo.wiring.KnownPages;
import dev.lms.demo.wiring.Purged;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How far a purge reaches: asks every worker of this data folder which pages it holds, before they
 * are purged. Only who knows the site's key is answered. Thread-safe.
 */
public final class Reach {
  private static final String PATH = "/workers/pages";
  private static final String TOKEN = "Lms-Token";

  /** A count is worth so much waiting, and no more. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Roster roster;
  private final String secret;

  /** Among the workers of this configuration. */
  public Reach(Config config) {
    this.roster = new Roster(config);
    this.secret = config.secrets().signingKey();
  }

  /** What a worker answers. */
  public List<Route> routes(KnownPages pages) {
    return List.of(Route.get(PATH, request -> answer(request, pages)));
  }

  private void answer(Request request, KnownPages pages) throws IOException {
    List<String> tags = request.queries("tag");
    List<String> paths = request.queries("path");
    String given = String.valueOf(request.exchange().getRequestHeaders().getFirst(TOKEN));
    if (!MessageDigest.isEqual(bytes(token(query(tags, paths))), bytes(given))) {
      throw HttpProblem.notFound();
    }
    request.header("Cache-Control", "no-store");
    boolean all = tags.isEmpty() && paths.isEmpty();
    request.json(200, pages.holding(Set.copyOf(tags), Set.copyOf(paths), all));
  }

  /**
   * What a purge of these will reach.
   *
   * @param tags of pages
   * @param paths of pages, raw; with neither, all pages are meant
   */
  public Purged of(Collection<String> tags, Collection<String> paths) {
    String query = query(tags, paths);
    Set<String> pages = new TreeSet<>();
    int workers = 0;
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      for (Roster.Worker worker : roster.workers()) {
        try {
          pages.addAll(ask(client, worker, query));
          workers++;
        } catch (IOException | JsonSyntaxException e) {
          // It has just ended, or is too busy to count.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
      }
    }
    return new Purged(pages.size(), workers);
  }

  private List<String> ask(HttpClient client, Roster.Worker worker, String query)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(roster.address(worker).resolve(PATH + "?" + query))
            .timeout(PATIENCE)
            .header(TOKEN, token(query))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("answered " + answer.statusCode());
    }
    return List.of(new Gson().fromJson(answer.body(), String[].class));
  }

  private static String query(Collection<String> tags, Collection<String> paths) {
    return Stream.concat(
            tags.stream().sorted().map(tag -> "tag=" + encode(tag)),
            paths.stream().sorted().map(path -> "path=" + encode(path)))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String token(String query) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(bytes("pages of a worker\n" + query)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
