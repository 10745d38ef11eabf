// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.wiring;

import dev.lms.demo.strip.Trace;
import dev.lms.session.SessionStore;
import dev.lms.session.SessionStoreException;
import dev.lms.session.redis.RedisSessionStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A session store that says when it is asked, and that one can pull the plug of. For development.
 * It is as many interfaces as the store itself, since those tell what a store can do.
 */
final class WatchedStore implements InvocationHandler {
  /** What a store answers without looking at what it keeps. */
  private static final Set<String> WITHOUT_ASKING =
      Set.of(
          "handle", "capabilities", "close", "cookieName", "reportTo", "outageBegan", "toString");

  private final SessionStore store;
  private final AtomicBoolean unplugged;

  private WatchedStore(SessionStore store, AtomicBoolean unplugged) {
    this.store = store;
    this.unplugged = unplugged;
  }

  /** Watches a store; while {@code unplugged} it fails as one that cannot be reached. */
  static SessionStore around(SessionStore store, AtomicBoolean unplugged) {
    Set<Class<?>> interfaces = new LinkedHashSet<>();
    for (Class<?> type = store.getClass(); type != null; type = type.getSuperclass()) {
      interfaces.addAll(Set.of(type.getInterfaces()));
    }
    return (SessionStore)
        Proxy.newProxyInstance(
            SessionStore.class.getClassLoader(),
            interfaces.toArray(Class<?>[]::new),
            new WatchedStore(store, unplugged));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    boolean asks = !WITHOUT_ASKING.contains(method.getName());
    if (asks && unplugged.get()) {
      Trace.storeAsked();
      throw new SessionStoreException("the lab has pulled the plug of the session store");
    }
    long copies = copiesUsed();
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      // Requests at the same time may be taken for each other: good enough for who looks at pages.
      if (asks && copiesUsed() == copies) {
        Trace.storeAsked();
      }
    }
  }

  /** How often a copy was read instead of the store. */
  private long copiesUsed() {
    return store instanceof RedisSessionStore redis ? redis.nearReads().hits() : 0;
  }
}
