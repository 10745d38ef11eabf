package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request after its answer was sent, for a render that nobody waits for: a GET of a stranger,
 * without cookie and credentials unless the key holds them. What is answered to it goes nowhere.
 */
final class InBackground extends DelegatingExchange {
  /** What tells one person from another. */
  private static final Set<String> PERSONAL = Set.of("cookie", "authorization");

  private final Headers requestHeaders = new Headers();
  private final Headers responseHeaders = new Headers();

  /**
   * To be made while the request's own thread still has it.
   *
   * @param keyed lower-case names of the header fields in the key, which stay whatever they are
   */
  InBackground(HttpExchange sent, Set<String> keyed) {
    super(sent);
    sent.getRequestHeaders()
        .forEach(
            (name, lines) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!PERSONAL.contains(lower) || keyed.contains(lower)) {
                requestHeaders.put(name, lines);
              }
            });
    setRequestBody(new ByteArrayInputStream(new byte[0]));
  }

  @Override
  public Headers getRequestHeaders() {
    return requestHeaders;
  }

  @Override
  public String getRequestMethod() {
    return "GET";
  }

  /** A stranger is nobody. */
  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return null;
  }

  @Override
  public Headers getResponseHeaders() {
    return responseHeaders;
  }

  @Override
  public OutputStream getResponseBody() {
    return OutputStream.nullOutputStream();
  }

  /** Only called for what is not held back until it is whole. */
  @Override
  public void sendResponseHeaders(int code, long length) throws IOException {
    throw new IOException("This answer cannot be stored, and in the background nobody gets it");
  }

  @Override
  public int getResponseCode() {
    return -1;
  }

  @Override
  public void setStreams(InputStream in, OutputStream out) {
    throw new IllegalStateException("Nobody filters what is rendered in the background");
  }

  @Override
  public void close() {
    // The request's own exchange was closed when it was answered.
  }
}
