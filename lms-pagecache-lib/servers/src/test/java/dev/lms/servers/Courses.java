// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.adapter.PageAdapter;
import dev.lms.session.Principal;
import dev.lms.session.Sessions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The program behind the cache in the tests of servers without an adapter. */
final class Courses implements PageAdapter.Program<Call> {
  final AtomicInteger renders = new AtomicInteger();
  private final PageCache cache;
  private final Sessions sessions;

  Courses(PageCache cache, Sessions sessions) {
    this.cache = cache;
    this.sessions = sessions;
  }

  @Override
  public void answer(Call call, PageRender render) throws IOException {
    boolean isPost = call.request().method().equals("POST");
    switch ((isPost ? "POST " : "") + call.path()) {
      case "/visits" -> say(render, 200, "" + call.session().add("visits", 1));
      case "/me" -> say(render, 200, call.session().principal().map(Principal::id).orElse("?"));
      case "POST /login" -> {
        call.session().signIn(new Principal("ann", Set.of("student")));
        say(render, 303, "");
      }
      case "POST /logout" -> {
        call.session().end();
        say(render, 303, "");
      }
      case "POST /meanwhile" -> {
        call.session().set("answer", "42");
        sessions.open(call.request().lines("Cookie")).end(); // In another tab.
        say(render, 200, "Saved!");
      }
      case "POST /edit" -> {
        cache.purge("courses");
        say(render, 303, "");
      }
      case "/course/agent" ->
          say(render, 200, "For " + call.request().lines("User-Agent") + renders.incrementAndGet());
      case "/course/mine" ->
          say(render, 200, call.session().get("visits") + " " + renders.incrementAndGet());
      case "/course/short" -> breaksOff(render, 100);
      case "/course/broken", "/broken" -> breaksOff(render, 0);
      case "/target/a/b" -> say(render, 200, call.request().target().toString());
      case "/big" -> say(render, 200, "0123456789".repeat(100_000));
      case "/course/hello" -> new Hello().answer(call, render);
      case "/refused" -> throw new IllegalStateException("a bug of the program");
      default -> say(render, 200, "Hello " + render.hole("name") + " " + renders.incrementAndGet());
    }
  }

  private static void say(PageRender render, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    Map<String, List<String>> fields = Map.of("Content-Type", List.of("text/html; charset=utf-8"));
    render.begin(status, fields, body.length == 0 ? -1 : body.length);
    render.body().write(body);
    render.close();
  }

  private static void breaksOff(PageRender render, long length) throws IOException {
    render.begin(200, Map.of("Cache-Control", List.of("no-store")), length);
    render.body().write("half of it".getBytes(UTF_8));
    render.body().flush();
    throw new IOException("The program broke off");
  }
}
