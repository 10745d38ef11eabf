// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import jakarta.servlet.Filter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Pages of tests behind filters, on each container, started once. */
final class ServletSite {
  static final HttpClient CLIENT = HttpClient.newHttpClient();

  final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final Map<Container, Integer> ports = new EnumMap<>(Container.class);

  interface Page {
    void answer(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  private static final class Pages extends HttpServlet {
    private static final long serialVersionUID = 1;
    private final transient Map<String, Page> pages;

    Pages(Map<String, Page> pages) {
      this.pages = pages;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      try {
        Object included = request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI);
        Page page = pages.get(included == null ? request.getRequestURI() : included);
        if (page == null) {
          response.sendError(404);
        } else {
          page.answer(request, response);
        }
      } catch (IOException | ServletException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new ServletException(e);
      }
    }
  }

  /** Starts every container with filters of its own. */
  static ServletSite start(Filters filters) {
    ServletSite site = new ServletSite();
    for (Container container : Container.values()) {
      try {
        site.ports.put(container, container.start(filters.get(), new Pages(site.pages)));
      } catch (Exception e) {
        throw new IllegalStateException(container + " does not start", e);
      }
    }
    return site;
  }

  interface Filters {
    List<Filter> get();
  }

  int port(Container container) {
    return ports.get(container);
  }

  URI uri(Container container, String path) {
    return URI.create("http://127.0.0.1:" + port(container) + path);
  }

  HttpResponse<String> send(Container container, String method, String path, String... fields)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(container, path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (fields.length > 0) {
      request.headers(fields);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
