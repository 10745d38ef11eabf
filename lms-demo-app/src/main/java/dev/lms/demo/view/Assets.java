package dev.lms.demo.view;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import dev.lms.demo.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files beside the pages, under addresses that change with their content, so that browsers may
 * keep them for good.
 */
public final class Assets {
  private static final Map<String, String> TYPES =
      Map.of("site.css", "text/css; charset=utf-8", "icon.svg", "image/svg+xml");

  private record Asset(String type, String hash, String content) {}

  private final Map<String, Asset> assets = new LinkedHashMap<>();

  /** Reads them from the class path. */
  public Assets() {
    TYPES.forEach(
        (name, type) -> {
          String content = read(name);
          assets.put(name, new Asset(type, hash(content), content));
        });
  }

  /** The address of a file. */
  public String href(String name) {
    return "/static/" + asset(name).hash() + "/" + name;
  }

  /** The routes of all files. */
  public List<Route> routes() {
    return List.of(Route.get("/static/{hash}/{name}", this::send));
  }

  private void send(Request request) throws IOException {
    Asset asset = assets.get(request.path("name"));
    if (asset == null) {
      throw HttpProblem.notFound();
    }
    // Another hash comes from a page of another version: better today's style than none, but not
    // for good.
    boolean current = asset.hash().equals(request.path("hash"));
    request.header(
        "Cache-Control", current ? "public, max-age=31536000, immutable" : "public, max-age=60");
    HttpExchange exchange = request.exchange();
    byte[] bytes = asset.content().getBytes(StandardCharsets.UTF_8);
    request.header("Content-Type", asset.type());
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

  private static String read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream("/static/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
