// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.migration;

import dev.lms.session.PrincipalIndex;
import dev.lms.session.SessionStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A store in whose moving of sessions somebody comes between, before each step. */
final class Watched {
  private static final Set<String> STEPS =
      Set.of("takeOut", "arrive", "holds", "handedOver", "forEachPlace");

  private Watched() {}

  /** Hears of a step before it is done. */
  interface Between {
    void before(String step);
  }

  static SessionStore store(SessionStore store, Between between) {
    Transfer transfer =
        proxy(Transfer.class, ((Transferable) store).transfer(), between, Transfer.class);
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("transfer")) {
            return transfer;
          }
          try {
            return method.invoke(store, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (SessionStore)
        Proxy.newProxyInstance(
            Watched.class.getClassLoader(),
            new Class<?>[] {SessionStore.class, PrincipalIndex.class, Transferable.class},
            handler);
  }

  private static <T> T proxy(Class<T> type, T target, Between between, Class<?>... interfaces) {
    return type.cast(
        Proxy.newProxyInstance(
            Watched.class.getClassLoader(),
            interfaces,
            (proxy, method, arguments) -> {
              if (STEPS.contains(method.getName())) {
                between.before(method.getName());
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
