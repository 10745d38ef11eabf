// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.adapter;

import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.PageRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** The request that the program behind the cache sees; the cache gets to know what it reads. */
record WatchedRequest(PageRequest request, PageRender render) implements PageRequest {
  @Override
  public String method() {
    return request.method();
  }

  @Override
  public URI target() {
    return request.target();
  }

  @Override
  public List<String> lines(String name) {
    render.reads(name);
    return request.lines(name);
  }

  @Override
  public Map<String, List<String>> fields() {
    render.readsAll();
    return request.fields();
  }

  @Override
  public boolean isOver() {
    return request.isOver();
  }
}
