package dev.lms.pagecache.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A request as if it were a GET, to find out what a route declares about its pages. */
final class AsGet extends DelegatingExchange {
  AsGet(HttpExchange outer) {
    super(outer);
  }

  @Override
  public String getRequestMethod() {
    return "GET";
  }

  @Override
  public Headers getResponseHeaders() {
    throw onlyAsked();
  }

  @Override
  public OutputStream getResponseBody() {
    throw onlyAsked();
  }

  @Override
  public void sendResponseHeaders(int code, long length) {
    throw onlyAsked();
  }

  @Override
  public int getResponseCode() {
    return -1;
  }

  @Override
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    throw onlyAsked();
  }

  @Override
  public void close() {
    throw onlyAsked();
  }

  private static IllegalStateException onlyAsked() {
    return new IllegalStateException("Rules are asked about a request and do not answer it");
  }
}
