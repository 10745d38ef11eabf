// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

/** Pages that a site on Flask keeps in Redis: one for strangers, one for who is signed in. */
record FlaskPages(FlaskSite site) implements PagePeer {
  static FlaskPages of(FlaskSite site, Renderer renderer) {
    site.render(renderer);
    return new FlaskPages(site);
  }

  @Override
  public String get(String path, String person) throws Exception {
    String url = site.url("/rendered" + path);
    return site.client().ask("GET", url, FlaskSite.COOKIE, site.cookieOf(person));
  }

  @Override
  public void purge(String path) throws Exception {
    site.client().ask("POST", site.url("/purge" + path), "", "");
  }

  @Override
  public void close() {
    // Others play on the same site.
  }
}
