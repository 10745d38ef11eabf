// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import dev.lms.pagecache.Asker;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.PageRequest;
import dev.lms.pagecache.PageRule;
import dev.lms.pagecache.adapter.PageAdapter;
import dev.lms.session.Principal;
import dev.lms.session.Session;
import java.time.Duration;
import java.util.Optional;

/** What a program on a server without an adapter knows of a request, as the documents show it. */
record Call(PageRequest request, Session session) {
  static PageAdapter<Call> pages(PageCache cache) {
    PageRule shared = PageRule.shared(Duration.ofSeconds(90)).withTags("courses");
    return PageAdapter.<Call>builder(
            cache,
            call -> Optional.of(shared).filter(rule -> call.path().startsWith("/course/")),
            Call::who)
        .personalReads(call -> call.session().uses())
        .hole("name", call -> call.session().principal().map(Principal::id).orElse("nobody"))
        .build();
  }

  Asker who() {
    Optional<Principal> person = session.principal();
    return person.map(p -> new Asker(p.id(), p.roles())).orElse(Asker.ANONYMOUS);
  }

  String path() {
    return request.target().getPath();
  }
}
