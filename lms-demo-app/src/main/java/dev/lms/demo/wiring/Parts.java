// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import com.sun.net.httpserver.HttpExchange;
import dev.lms.demo.config.Config;
import dev.lms.demo.data.Database;
import dev.lms.demo.http.OwnRequests;
import dev.lms.demo.log.Audit;
import dev.lms.demo.monitor.Health;
import dev.lms.demo.monitor.Metrics;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.view.Pages;
import dev.lms.pagecache.PageAudit;
import dev.lms.pagecache.PageCache;
import java.time.Clock;
import java.util.Optional;

/**
 * What the features of a site are made of. Each is there once and thread-safe.
 *
 * @param cpus how many processors there are
 * @param knownPages what the page cache has stored here
 * @param pageAudit looks for what shared pages say about one person; not in production
 * @param plan what the machine carries
 * @param pages the frame that all pages share
 * @param audit who signed in, and the like
 * @param ownRequests how a worker's requests to itself are known
 * @param purges told about what has changed
 * @param closing what it is given is closed when the site has stopped
 */
public record Parts(
    Config config,
    Clock clock,
    int cpus,
    Database database,
    RedisClients redis,
    SessionBackend sessions,
    PageCache pageCache,
    KnownPages knownPages,
    Optional<PageAudit<HttpExchange>> pageAudit,
    ResourcePlan plan,
    Pages pages,
    Purges purges,
    Health health,
    Metrics metrics,
    Audit audit,
    OwnRequests ownRequests,
    Closing closing) {}
