// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.servlet.PageCacheFilter;
import dev.lms.session.Principal;
import dev.lms.session.servlet.SessionFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;

/** Pages for those who share them, as the documents show it for servlet containers. */
final class CourseFilters {
  private CourseFilters() {}

  static PageCacheFilter pages(PageCache cache, String... headers) {
    PageRule rule = PageRule.shared(Duration.ofSeconds(90)).withHeaders(headers);
    return PageCacheFilter.builder(
            cache,
            request -> Optional.of(rule).filter(r -> request.getRequestURI().startsWith("/course")),
            CourseFilters::who)
        .personalReads(request -> SessionFilter.session(request).uses())
        .build();
  }

  static Asker who(HttpServletRequest request) {
    Optional<Principal> person = SessionFilter.session(request).principal();
    return person.map(p -> new Asker(p.id(), p.roles())).orElse(Asker.ANONYMOUS);
  }
}
