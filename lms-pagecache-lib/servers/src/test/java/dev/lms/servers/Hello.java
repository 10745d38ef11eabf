// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lms.pagecache.PageRender;
import dev.lms.pagecache.adapter.PageAdapter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A page with a hole, as the documents show it. */
final class Hello implements PageAdapter.Program<Call> {
  @Override
  public void answer(Call call, PageRender render) throws IOException {
    byte[] page = ("<p>Hello " + render.hole("name") + "</p>").getBytes(UTF_8);
    render.begin(200, Map.of("Content-Type", List.of("text/html; charset=utf-8")), page.length);
    render.body().write(page);
    render.close();
  }
}
