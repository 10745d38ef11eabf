// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.home;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A site of its own for each test, and the purges it asked for. */
abstract class SiteFixture {
  static final String SIGN_IN_LINK = "<a href=\"/user/login\"";
  static final String USER_MENU = "data-testid=\"user-menu\"";
  @TempDir Path folder;
  final List<Set<String>> purges = new CopyOnWriteArrayList<>();
  volatile boolean purgeFails;
  TestSite site;

  @BeforeEach
  void start() throws IOException {
    site = new TestSite(folder, 0, this::purge);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  void purge(Set<String> tags) {
    if (purgeFails) {
      throw new IllegalStateException("on purpose");
    }
    purges.add(tags);
  }

  static String userName(String name) {
    return "<span data-testid=\"user-name\">" + name + "</span>";
  }
}
