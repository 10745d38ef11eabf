package shop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.session.Session;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;

/** What every page here needs of HTTP and HTML. */
final class Web {
  static void page(HttpExchange exchange, int status, String html) throws IOException {
    byte[] bytes = html.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
    try (var body = exchange.getResponseBody()) {
      if (!head) {
        body.write(bytes);
      }
    }
  }

  /** After a POST: the browser asks for that page by GET. */
  static void seeOther(HttpExchange exchange, String path) throws IOException {
    exchange.getResponseHeaders().set("Location", path);
    exchange.sendResponseHeaders(303, -1);
    exchange.close();
  }

  static Map<String, String> form(HttpExchange exchange) throws IOException {
    Map<String, String> form = new HashMap<>();
    for (String field : new String(exchange.getRequestBody().readAllBytes(), UTF_8).split("&")) {
      String[] pair = field.split("=", 2);
      form.put(URLDecoder.decode(pair[0], UTF_8), pair.length < 2 ? "" : URLDecoder.decode(pair[1], UTF_8));
    }
    return form;
  }

  /** Goes into each form. Without a session there is no token, and nothing to protect. */
  static String token(Session session) {
    return "<input type=hidden name=token value=\"" + session.csrfToken().orElse("") + "\">";
  }

  static boolean isGenuine(Session session, Map<String, String> form) {
    return !session.exists() || session.csrfMatches(form.getOrDefault("token", ""));
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private Web() {}
}
