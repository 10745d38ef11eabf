package dev.lms.demo.view;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.http.HttpProblem;
import dev.lms.demo.http.Request;
import java.io.IOException;
import java.util.Set;

/** Puts what a handler has to say into the frame of the site. Thread-safe. */
public final class Pages {
  private final Templates templates = new Templates();
  private final Visitors visitors;
  private final Assets assets;

  /** With these sources for what is not the handler's to know. */
  public Pages(Visitors visitors, Assets assets) {
    this.visitors = visitors;
    this.assets = assets;
  }

  /** What the frame prints around every page. */
  private record Frame(
      boolean signedIn, String userName, String csrfToken, String stylesheet, String icon) {}

  /** A page without anything about who is asking. */
  private record Problem(int status, String title, String detail) {}

  /**
   * Answers with a page.
   *
   * @param model its accessors are what the template prints
   * @param tags what the page depends on; a change of any of them purges it
   */
  public void show(Request request, int status, String template, Object model, Set<String> tags)
      throws IOException {
    HttpExchange exchange = request.exchange();
    if (!tags.isEmpty()) {
      request.header("Cache-Tag", String.join(",", tags));
    }
    if (status >= 400) {
      request.header("Cache-Control", "no-store");
    }
    request.html(status, templates.render(template, frame(exchange), model));
  }

  /** What stands for the part of a page that differs from person to person. */
  public String hole(Request request, String name) {
    return visitors.hole().apply(request.exchange(), name);
  }

  /** Whether the page is for people who are signed in. */
  public boolean signedIn(Request request) {
    return visitors.signedIn().test(request.exchange());
  }

  /** A small piece of a page. */
  public String fragment(String template, Object model) {
    return templates.render(template, model);
  }

  /** The page that says what a problem is; it asks nothing about the person, so it cannot fail. */
  public String problem(HttpProblem problem) {
    Frame frame = new Frame(false, "", "", assets.href("site.css"), assets.href("icon.svg"));
    return templates.render(
        "problem", frame, new Problem(problem.status(), problem.title(), problem.detail()));
  }

  private Frame frame(HttpExchange exchange) {
    String stylesheet = assets.href("site.css");
    String icon = assets.href("icon.svg");
    if (!visitors.signedIn().test(exchange)) {
      return new Frame(false, "", "", stylesheet, icon);
    }
    return new Frame(
        true,
        visitors.hole().apply(exchange, "user-name"),
        visitors.hole().apply(exchange, "csrf-token"),
        stylesheet,
        icon);
  }
}
