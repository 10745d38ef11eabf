// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import dev.lms.pagecache.PageCache;
import dev.lms.session.SessionStoreException;
import dev.lms.session.Sessions;
import dev.lms.session.servlet.SessionFilter;
import io.javalin.Javalin;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;

/** Both filters before a Javalin application, as the documents show it. */
final class JavalinSite {
  private JavalinSite() {}

  static Javalin site(Sessions sessions, PageCache cache) {
    return Javalin.create(
        config -> {
          config.jetty.modifyServletContextHandler(
              context -> {
                // Javalin reads both of every request.
                Filter pages =
                    CourseFilters.pages(cache, "Sec-WebSocket-Version", "X-HTTP-Method-Override");
                for (Filter filter : List.of(new SessionFilter(sessions), pages)) {
                  FilterHolder holder = new FilterHolder(filter);
                  holder.setAsyncSupported(true);
                  context.addFilter(holder, "/*", EnumSet.allOf(DispatcherType.class));
                }
              });
          config.routes.exception(
              SessionStoreException.class,
              (outage, ctx) -> ctx.status(503).header("Retry-After", "5"));
          config.routes.get("/course/{code}", ctx -> ctx.html("Course " + ctx.pathParam("code")));
          config.routes.get(
              "/visits", ctx -> ctx.result("" + SessionFilter.session(ctx.req()).add("visits", 1)));
        });
  }
}
