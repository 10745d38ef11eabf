// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.config.Config;
import dev.lms.demo.plan.ResourcePlan;
import dev.lms.demo.wiring.RunningSite;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole site with one place for requests, which is taken. */
class FullHouseTest {
  private static final Map<String, String> SLOW =
      Map.of("key", "k", "value", "v", "delay_ms", "3000");

  @Test
  void pagesFromTheCacheNeedNoPlace(@TempDir Path folder) throws Exception {
    Config config =
        Config.read(
            Map.of(
                "LMS_ENV", "development",
                "LMS_PORT", "0",
                "LMS_DATA_DIR", folder.toString(),
                "CACHE_WARM", "false",
                "LMS_DEBUG_ENDPOINTS", "1",
                "SECRET_KEY", "a secret for tests, long enough 0001"));
    ResourcePlan plan = new ResourcePlan(1, 1, 1, 0, 64, 4, 8, List.of());
    RunningSite site = RunningSite.start(config, plan, App.features(), Map.of());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Browser browser = new Browser(URI.create("http://127.0.0.1:" + site.port()));
      assertEquals(200, browser.get("/course/explore").status());
      Browser other = new Browser(URI.create("http://127.0.0.1:" + site.port()));
      Callable<Integer> taking = () -> other.post("/debug/session/put", SLOW).status();
      Future<Integer> slow = threads.submit(taking);
      long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      boolean wasTaken = false;
      while (!wasTaken) {
        assertTrue(System.nanoTime() < giveUp, "the place was never taken");
        // It may have come while this one had the place, or have left in the middle.
        slow = slow.isDone() ? threads.submit(taking) : slow;
        wasTaken = browser.get("/user/login").status() == 503;
        assertEquals(200, browser.get("/course/explore").status());
        wasTaken &= browser.get("/user/login").status() == 503;
      }
      int took = slow.get();
      assertTrue(took == 200 || took == 503, "it ends with " + took);
    } finally {
      site.stop(Duration.ofSeconds(5));
    }
  }
}
