// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.view;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files beside the pages. Those that pages name are under addresses that change with their
 * content, so that browsers may keep them for good; the others are where browsers and robots look.
 */
public final class Assets {
  private static final Map<String, String> TYPES =
      Map.of(
          "site.css", "text/css; charset=utf-8",
          "dev.css", "text/css; charset=utf-8",
          "lab.js", "text/javascript; charset=utf-8",
          "icon.svg", "image/svg+xml");

  private static final Map<String, String> FIXED =
      Map.of("favicon.ico", "image/x-icon", "robots.txt", "text/plain; charset=utf-8");

  private static final String FOR_GOOD = "public, max-age=31536000, immutable";
  private static final String FOR_A_MINUTE = "public, max-age=60";
  private static final String FOR_A_DAY = "public, max-age=86400";

  private static final class Asset {
    private final String type;
    private final String hash;
    private final byte[] content;

    Asset(String type, byte[] content) {
      this.type = type;
      this.hash = Assets.hash(content);
      this.content = content;
    }
  }

  private final Map<String, Asset> assets = new LinkedHashMap<>();
  private final Map<String, Asset> fixed = new LinkedHashMap<>();

  /** Reads them from the class path. */
  public Assets() {
    TYPES.forEach((name, type) -> assets.put(name, asset(name, type)));
    FIXED.forEach((name, type) -> fixed.put(name, asset(name, type)));
  }

  /** The address of a file. */
  public String href(String name) {
    return "/static/" + asset(name).hash + "/" + name;
  }

  /** The routes of all files. */
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(Route.get("/static/{hash}/{name}", this::send));
    fixed.forEach(
        (name, asset) -> routes.add(Route.get("/" + name, r -> send(r, asset, FOR_A_DAY))));
    return routes;
  }

  private void send(Request request) throws IOException {
    Asset asset = assets.get(request.path("name"));
    if (asset == null) {
      throw HttpProblem.notFound();
    }
    // Another hash comes from a page of another version: better today's style than none, but not
    // for good.
    boolean current = asset.hash.equals(request.path("hash"));
    send(request, asset, current ? FOR_GOOD : FOR_A_MINUTE);
  }

  private static void send(Request request, Asset asset, String cacheControl) throws IOException {
    request.header("Cache-Control", cacheControl);
    HttpExchange exchange = request.exchange();
    byte[] bytes = asset.content;
    request.header("Content-Type", asset.type);
    if (request.method().equals("HEAD")) {
      request.header("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private Asset asset(String name) {
    Asset asset = assets.get(name);
    if (asset == null) {
      throw new IllegalArgumentException("there is no file " + name);
    }
    return asset;
  }

  private static Asset asset(String name, String type) {
    return new Asset(type, read(name));
  }

  private static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream("/static/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: " + name + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
