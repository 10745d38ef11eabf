// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.guarantees;

import java.util.function.UnaryOperator;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Spring's cache annotations over Caffeine: a method that makes a page, and one that evicts it. */
final class SpringCachedPages implements PagePeer {
  private static final String PAGES = "pages";

  /** Who asks, where Spring Security keeps it: with the thread. */
  private final ThreadLocal<String> person = ThreadLocal.withInitial(() -> "");

  private final AnnotationConfigApplicationContext context;
  private final boolean sync;

  SpringCachedPages(Renderer renderer, boolean sync) {
    this.sync = sync;
    context = new AnnotationConfigApplicationContext();
    context.register(Setup.class);
    context.registerBean(CaffeineCacheManager.class, () -> new CaffeineCacheManager(PAGES));
    context.registerBean(
        Source.class, () -> new Rendered(path -> renderer.render(path, person::get)));
    context.refresh();
  }

  /** Switches the annotations on. */
  @Configuration(proxyBeanMethods = false)
  @EnableCaching
  static class Setup {}

  /** The methods that callers see through Spring. */
  interface Source {
    @Cacheable(PAGES)
    String page(String path);

    @Cacheable(cacheNames = PAGES, sync = true)
    String pageOnce(String path);

    @CacheEvict(PAGES)
    void changed(String path);
  }

  private record Rendered(UnaryOperator<String> renderer) implements Source {
    @Override
    public String page(String path) {
      return renderer.apply(path);
    }

    @Override
    public String pageOnce(String path) {
      return renderer.apply(path);
    }

    @Override
    public void changed(String path) {
      // The annotation says it all.
    }
  }

  @Override
  public String get(String path, String who) {
    person.set(who);
    Source source = context.getBean(Source.class);
    return sync ? source.pageOnce(path) : source.page(path);
  }

  @Override
  public void purge(String path) {
    context.getBean(Source.class).changed(path);
  }

  @Override
  public void close() {
    context.close();
  }
}
