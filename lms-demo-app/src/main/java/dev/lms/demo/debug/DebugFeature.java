// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.debug;

import dev.lms.demo.config.Config;
import dev.lms.demo.http.Route;
import dev.lms.demo.view.PageRoute;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import dev.lms.demo.wiring.SessionBackend;
import dev.lms.demo.wiring.Warnings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The pages below {@code /debug}, if they are wanted. */
public final class DebugFeature implements Feature {
  @Override
  public Content open(Parts parts) {
    Config config = parts.config();
    if (!config.debugEndpoints()) {
      return new Content();
    }
    Optional<RedisStatus> redis =
        config
            .sessions()
            .redis()
            .or(() -> config.pageCache().redis())
            .map(url -> new RedisStatus(parts.redis().client(url), config.sessions().keyPrefix()));
    SessionBackend sessions = parts.sessions();
    List<Route> ofSessions =
        new SessionDebug(sessions.name(), sessions.store().capabilities()).routes();
    List<Route> ofTheSite =
        new SiteDebug(config.settings(), Warnings.of(config), parts.pageCache(), redis).routes();
    return new Content()
        .pages(
            Stream.concat(ofSessions.stream(), ofTheSite.stream())
                .map(route -> new PageRoute(route, Optional.empty()))
                .toList());
  }
}
