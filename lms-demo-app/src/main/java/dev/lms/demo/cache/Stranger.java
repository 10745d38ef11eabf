package dev.lms.demo.cache;

import dev.lms.pagecache.Warmer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Pattern;

/** Visits one worker over HTTP, without cookies. Thread-safe. */
public final class Stranger implements Warmer.Visitor, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** RFC 9211: the page was in the cache, or is now. */
  private static final Pattern WARM = Pattern.compile("lms; (hit|fwd=miss; (stored|collapsed)).*");

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final URI worker;

  /** Of the worker at this address. */
  public Stranger(URI worker) {
    this.worker = worker;
  }

  @Override
  public void visit(String target) throws IOException {
    HttpResponse<?> answer = get(target, BodyHandlers.discarding());
    String status = answer.headers().firstValue("Cache-Status").orElse("");
    if (answer.statusCode() != 200 || !WARM.matcher(status).matches()) {
      throw new IOException(target + " was answered " + answer.statusCode() + ", " + status);
    }
  }

  /** The text of a page. */
  public String read(String target) throws IOException {
    HttpResponse<String> answer = get(target, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(target + " was answered " + answer.statusCode());
    }
    return answer.body();
  }

  private <T> HttpResponse<T> get(String target, HttpResponse.BodyHandler<T> body)
      throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(worker.resolve(target))
            .timeout(PATIENCE)
            .header("User-Agent", "lmsctl")
            .build();
    try {
      return client.send(request, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
