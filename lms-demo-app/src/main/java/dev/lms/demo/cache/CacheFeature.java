// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cache;

import dev.lms.demo.course.Courses;
import dev.lms.demo.http.OwnRequests;
import dev.lms.demo.program.Programs;
import dev.lms.demo.wiring.Content;
import dev.lms.demo.wiring.Feature;
import dev.lms.demo.wiring.Parts;
import dev.lms.pagecache.Warmer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Keeps the hot pages warm, from the start and after each purge. */
public final class CacheFeature implements Feature {
  @Override
  public Content open(Parts parts) {
    HotPages hot = new HotPages(new Courses(parts.database()), new Programs(parts.database()));
    AtomicReference<Optional<Warming>> warming = new AtomicReference<>(Optional.empty());
    parts
        .purges()
        .follow(tags -> warming.get().ifPresent(running -> running.warm(HotPages.with(tags))));
    Reach reach = new Reach(parts.config());
    parts.purges().measureBy(reach::of);
    parts
        .metrics()
        .add(
            new CacheMetrics(
                parts.pageCache()::stats,
                () ->
                    warming.get().map(Warming::progress).orElse(new Warmer.Progress(0, 0, 0, 0))));
    return new Content()
        .forOperators(reach.routes(parts.knownPages()))
        .whenStarted(
            port -> {
              if (parts.config().pageCache().warm()) {
                Warming begun =
                    new Warming(
                        new Stranger(
                            Workers.at(parts.config().web().host(), port),
                            Map.of(OwnRequests.FIELD, parts.ownRequests().word())),
                        Warming::log);
                warming.set(Optional.of(begun));
                begun.warm(hot.all());
              }
            })
        .whenStopping(() -> warming.get().ifPresent(Warming::close));
  }
}
